/*
 * Calls that the lowest C libraries lack. Hidden, so that a program's own stay its own.
 *
 * Some of them glibc before 2.33 had in an archive of its own, libc_nonshared.a. zig's is compiled without marks for indirect branches
 * (CET, BTI), and one such object makes the whole library one without.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __GLIBC__
ssize_t getrandom(void *bytes, size_t count, unsigned flags) { return syscall(SYS_getrandom, bytes, count, flags); }
int memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }

#ifdef __x86_64__
#define STAT_VERSION 1
#else
#define STAT_VERSION 0
#endif
extern int __xstat(int version, const char *path, struct stat *status);
extern int __fxstat(int version, int descriptor, struct stat *status);
extern int __fxstatat(int version, int folder, const char *path, struct stat *status, int flags);
int stat(const char *path, struct stat *status) { return __xstat(STAT_VERSION, path, status); }
int fstat(int descriptor, struct stat *status) { return __fxstat(STAT_VERSION, descriptor, status); }
int fstatat(int folder, const char *path, struct stat *status, int flags) {
    return __fxstatat(STAT_VERSION, folder, path, status, flags);
}

extern void *__dso_handle __attribute__((visibility("hidden")));
extern int __cxa_atexit(void (*handler)(void *), void *argument, void *module);
int atexit(void (*handler)(void)) { return __cxa_atexit((void (*)(void *))(void *)handler, NULL, &__dso_handle); }
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *module);
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void)) {
    return __register_atfork(prepare, parent, child, &__dso_handle);
}
#else
ssize_t getrandom(void *bytes, size_t count, unsigned flags);
#endif

/* Swift seeds its hash tables with it. Without randomness from the system, the tables work with whatever is there. */
void arc4random_buf(void *bytes, size_t count) {
    unsigned char *next = bytes;
    while (count > 0) {
        ssize_t got = getrandom(next, count < 256 ? count : 256, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        next += got;
        count -= (size_t)got;
    }
}
