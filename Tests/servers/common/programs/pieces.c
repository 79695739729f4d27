/*
 * Calls one piece of servers/common and prints what it did. The first argument names the piece.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request_texts.h"
#include "server_options.h"
#include "status_text.h"
#include "visit_property.h"

static void *allocate(void *pool, size_t size) {
    if (pool != NULL) ++*(int *)pool;
    return malloc(size);
}

static void *refuse(void *pool, size_t size) {
    (void)pool;
    (void)size;
    return NULL;
}

/* Headers as pairs of arguments; prints the count, the allocations, and each text that is there with its number. */
static int texts(int count, char **arguments, int has_memory) {
    tpc_server_request_texts found;
    int allocations = 0;
    tpc_server_request_texts_begin();
    memset(&found, 0xAB, sizeof found);
    tpc_server_request_texts_clear(&found);
    tpc_server_request_texts_set(&found, TPC_REQUEST_METHOD, "GET", 3);
    tpc_server_request_texts_set(&found, -1, "no", 2);
    tpc_server_request_texts_set(&found, TPC_SERVER_TEXTS, "no", 2);
    for (int i = 0; i + 1 < count; i += 2)
        if (tpc_server_request_texts_add_header(&found, arguments[i], strlen(arguments[i]), arguments[i + 1],
                                                strlen(arguments[i + 1]), has_memory ? allocate : refuse, &allocations) != 0)
            printf("out of memory\n");
    printf("%zu %d\n", found.count, allocations);
    for (size_t i = 0; i < found.count; i++)
        if (found.values[i] != NULL) printf("%zu=%.*s\n", i, (int)found.lengths[i], found.values[i]);
    return 0;
}

static int result(int32_t status, const tpc_error *error) {
    printf("%s\n", tpc_status_name(status));
    if (status != TPC_OK) printf("%s\n%s\n", error->field, error->message);
    return 0;
}

static int option(const char *name, const char *value) {
    tpc_error error;
    tpc_options *options = tpc_options_new();
    result(tpc_server_option_set(options, name, TPC_NTS, value, TPC_NTS, &error), &error);
    tpc_options_free(options);
    return 0;
}

/* The key counts: a client of these options can be made, and without the key it could not. */
static int key_file(const char *path) {
    tpc_error error;
    tpc_options *options = tpc_options_new();
    result(tpc_server_option_key_file(options, path, &error), &error);
    int32_t status = tpc_options_validate(options, &error);
    printf("%s\n", tpc_status_name(status));
    tpc_options_free(options);
    return 0;
}

static int property(const char *type, const char *value) {
    char json[4096];
    tpc_error error;
    tpc_event *event = tpc_event_new();
    setlocale(LC_ALL, "");
    int32_t status = tpc_server_property_set(event, "key", 3, value, strlen(value),
                                             tpc_server_property_type(type, strlen(type)), &error);
    result(status, &error);
    if (tpc_event_to_json(event, json, sizeof json, NULL) == TPC_OK) printf("%s\n", json);
    tpc_event_free(event);
    return 0;
}

/* Each number as large as it gets (size) or its own position: 1 is the first. */
static int status(const char *format, int is_large) {
    static char text[TPC_SERVER_STATUS_CAPACITY];
    tpc_server_totals totals;
    uint64_t *numbers = (uint64_t *)(void *)&totals;
    for (size_t i = 0; i < sizeof totals / sizeof *numbers; i++) numbers[i] = is_large ? UINT64_MAX : i;
    size_t length = strcmp(format, "json") == 0 ? tpc_server_status_json(&totals, text, sizeof text)
                                                : tpc_server_status_prometheus(&totals, text, sizeof text);
    if (length != strlen(text)) return 1;
    fputs(text, stdout);
    return 0;
}

int main(int count, char **arguments) {
    if (count < 2) return 2;
    const char *piece = arguments[1];
    if (strcmp(piece, "texts") == 0) return texts(count - 2, arguments + 2, 1);
    if (strcmp(piece, "texts-without-memory") == 0) return texts(count - 2, arguments + 2, 0);
    if (strcmp(piece, "option") == 0 && count == 4) return option(arguments[2], arguments[3]);
    if (strcmp(piece, "key-file") == 0 && count == 3) return key_file(arguments[2]);
    if (strcmp(piece, "property") == 0 && count == 4) return property(arguments[2], arguments[3]);
    if (strcmp(piece, "status") == 0 && count == 4) return status(arguments[2], strcmp(arguments[3], "large") == 0);
    return 2;
}
