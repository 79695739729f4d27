/*
 * The library's options, as a web server's configuration sets them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server_options.h"

/* What the library takes as an option's value, and a line's end. */
enum { KEY_CAPACITY = 4096 + 2 };

static const char OWN_LOG[] = "the module writes the library's lines into the server's own error log";
static const char OWN_SDK[] = "the module names itself in each event";

static const struct {
    const char *name;
    const char *reason;
} refused[] = {
    {"log_descriptor", OWN_LOG},
    {"name", "each of the server's processes has one client, which needs no name"},
    {"exit_timeout_ms", "the directive for the shutdown's timeout limits how long a process waits for pending events"},
    {"sdk_name", OWN_SDK},
    {"sdk_version", OWN_SDK},
    {"sdk_runtime", OWN_SDK},
    {"api_key_file", "the server's first process reads the file, which its others may not: use the directive for the key's file"},
};

static int32_t fail(tpc_error *error, const char *field, const char *message) {
    if (error != NULL) {
        error->status = TPC_ERROR_INVALID_OPTION;
        snprintf(error->field, sizeof error->field, "%s", field);
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return TPC_ERROR_INVALID_OPTION;
}

int32_t tpc_server_option_set(tpc_options *options, const char *name, size_t name_length, const char *value,
                              size_t value_length, tpc_error *error) {
    size_t length = name_length == TPC_NTS && name != NULL ? strlen(name) : name_length;
    for (size_t i = 0; name != NULL && i < sizeof refused / sizeof refused[0]; i++) {
        if (length != strlen(refused[i].name) || memcmp(name, refused[i].name, length) != 0) continue;
        char message[sizeof error->message];
        snprintf(message, sizeof message, "cannot be set in a web server: %s", refused[i].reason);
        return fail(error, refused[i].name, message);
    }
    return tpc_options_set(options, name, name_length, value, value_length, error);
}

/* Reads a file's beginning. Returns its length, at most capacity, or -1 with errno; EINVAL for what is not a file. */
static ssize_t read_file(const char *path, char *buffer, size_t capacity) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return -1;
    struct stat about;
    ssize_t length = 0, got = -1;
    if (fstat(descriptor, &about) == 0) {
        if (S_ISREG(about.st_mode)) {
            do {
                got = read(descriptor, buffer + length, capacity - (size_t)length);
                if (got > 0) length += got;
            } while (got > 0 || (got < 0 && errno == EINTR));
        } else {
            errno = EINVAL;
        }
    }
    int reason = errno;
    close(descriptor);
    errno = reason;
    return got < 0 ? -1 : length;
}

int32_t tpc_server_option_key_file(tpc_options *options, const char *path, tpc_error *error) {
    char content[KEY_CAPACITY];
    static const char mark[] = "\xEF\xBB\xBF";
    ssize_t length = read_file(path, content, sizeof content);
    if (length < 0)
        return fail(error, "api_key",
                    errno == ENOENT || errno == ENOTDIR ? "the file does not exist; expected a file with the API key"
                    : errno == EINVAL                   ? "this is something other than a file; expected a file with the API key"
                                      : "this process cannot read the file; expected a file with the API key");
    const char *key = content;
    if (length >= 3 && memcmp(key, mark, 3) == 0) {
        key += 3;
        length -= 3;
    }
    if (length > 0 && key[length - 1] == '\n') length--;
    if (length > 0 && key[length - 1] == '\r') length--;
    int32_t status = length == 0 ? fail(error, "api_key", "the file is empty; expected the API key in it")
                                 : tpc_options_set(options, "api_key", TPC_NTS, key, (size_t)length, error);
    explicit_bzero(content, sizeof content);
    return status;
}
