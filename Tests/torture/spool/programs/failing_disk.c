/*
 * An object to preload: lets chosen calls on the files below a folder fail.
 *
 *     DISK_FOLDER   the folder
 *     DISK_CALL     the call, by the names below: "write", "open", ...
 *     DISK_NUMBER   which of these calls fails, from 1
 *     DISK_FOREVER  whether all later ones fail, too
 *     DISK_ERROR    errno, or 0 for a call that does half of its work
 *     DISK_COUNT    a file whose first 8 bytes count these calls
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *folder, *chosen;
static uint64_t number;
static int is_forever, error;
static _Atomic uint64_t *count;

__attribute__((constructor)) static void begin(void) {
    int file = open(getenv("DISK_COUNT"), O_RDWR | O_CLOEXEC);
    count = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    folder = getenv("DISK_FOLDER");
    chosen = getenv("DISK_CALL");
    number = strtoull(getenv("DISK_NUMBER"), NULL, 10);
    is_forever = atoi(getenv("DISK_FOREVER"));
    error = atoi(getenv("DISK_ERROR"));
}

/* Whether a descriptor, or a path below it, is in the folder. */
static int is_below(int descriptor, const char *path) {
    char link[64], target[4096] = "";
    ssize_t size;
    if (path != NULL && path[0] == '/') return strncmp(path, folder, strlen(folder)) == 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    size = readlink(link, target, sizeof target - 1);
    return size > 0 && strncmp(target, folder, strlen(folder)) == 0;
}

/* Counts a call; whether this one is to fail. `errno` is as before unless it is. */
static int fails(const char *call, int descriptor, const char *path) {
    int before = errno, is_chosen;
    if (folder == NULL || strcmp(call, chosen) != 0 || !is_below(descriptor, path)) {
        errno = before;
        return 0;
    }
    uint64_t now = atomic_fetch_add(count, 1) + 1;
    is_chosen = is_forever ? now >= number : now == number;
    errno = is_chosen ? error : before;
    return is_chosen;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    if (!fails("write", descriptor, NULL)) return REAL(pwrite)(descriptor, bytes, size, offset);
    return error != 0 ? -1 : REAL(pwrite)(descriptor, bytes, size / 2, offset);
}

ssize_t pread(int descriptor, void *target, size_t size, off_t offset) {
    if (!fails("read", descriptor, NULL)) return REAL(pread)(descriptor, target, size, offset);
    return error != 0 ? -1 : REAL(pread)(descriptor, target, size / 2, offset);
}

int openat(int at, const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return fails("open", at, path) ? -1 : REAL(openat)(at, path, flags, mode);
}

int fcntl(int descriptor, int command, ...) {
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    const char *call = command == F_OFD_SETLK ? "lock" : command == F_DUPFD_CLOEXEC ? "duplicate" : "other";
    return fails(call, descriptor, NULL) ? -1 : REAL(fcntl)(descriptor, command, argument);
}

int fstat(int descriptor, struct stat *found) { return fails("look", descriptor, NULL) ? -1 : REAL(fstat)(descriptor, found); }
int fstatfs(int descriptor, struct statfs *found) { return fails("space", descriptor, NULL) ? -1 : REAL(fstatfs)(descriptor, found); }
int fchmod(int descriptor, mode_t mode) { return fails("mode", descriptor, NULL) ? -1 : REAL(fchmod)(descriptor, mode); }
int unlinkat(int at, const char *path, int flags) { return fails("remove", at, path) ? -1 : REAL(unlinkat)(at, path, flags); }
int mkdirat(int at, const char *path, mode_t mode) { return fails("folder", at, path) ? -1 : REAL(mkdirat)(at, path, mode); }
int fdatasync(int descriptor) { return fails("sync", descriptor, NULL) ? -1 : REAL(fdatasync)(descriptor); }
int fsync(int descriptor) { return fails("sync", descriptor, NULL) ? -1 : REAL(fsync)(descriptor); }
DIR *fdopendir(int descriptor) { return fails("list", descriptor, NULL) ? NULL : REAL(fdopendir)(descriptor); }

int renameat(int from_at, const char *from, int to_at, const char *to) {
    return fails("rename", from_at, from) ? -1 : REAL(renameat)(from_at, from, to_at, to);
}

struct dirent *readdir(DIR *entries) { return fails("entry", dirfd(entries), NULL) ? NULL : REAL(readdir)(entries); }
