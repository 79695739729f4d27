/*
 * The folder of spool_directory, made by the server's first process for its workers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* O_DIRECTORY, O_NOFOLLOW */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool_folder.h"

/* Those above the folder are everybody's, as /var/lib is. */
static int make_parents(char *path) {
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int status = mkdir(path, 0755);
        int reason = errno;
        *slash = '/';
        if (status != 0 && reason != EEXIST) return reason;
    }
    return 0;
}

/* By a descriptor: whoever owns the folder above could put a link in its place meanwhile. */
static int give(const char *path, uid_t user, gid_t group) {
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) return errno;
    int reason = fchown(folder, user, group) == 0 ? 0 : errno;
    close(folder);
    return reason;
}

int tpc_server_spool_folder_make(const char *path, uid_t user, gid_t group) {
    char copy[PATH_MAX];
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    if (length == 0) return 0;
    if (length >= sizeof copy) return ENAMETOOLONG;
    memcpy(copy, path, length);
    copy[length] = '\0';
    int reason = make_parents(copy);
    if (reason != 0) return reason;
    if (mkdir(copy, 0700) != 0) return errno == EEXIST ? 0 : errno;
    return user == (uid_t)-1 && group == (gid_t)-1 ? 0 : give(copy, user, group);
}
