/*
 * An object to preload to `rare.c`. With RARE_THREAD the system refuses the first thread, and with RARE_FILE each new file's header
 * takes that many microseconds. `rare_step` is 1 while the disk refuses to
 * note how events ended; from 2 on, the next such note comes late, and the step is 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

volatile int rare_step;

ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t offset) {
    /* One byte, in a record's header. */
    const int is_note = size == 1 && offset % 8 == 5;
    if (is_note && rare_step == 1) {
        errno = ENOSPC;
        return -1;
    }
    if (is_note && rare_step == 2) {
        rare_step = 3;
        usleep(500000);
    }
    if (offset == 0 && getenv("RARE_FILE") != NULL) usleep((unsigned)atoi(getenv("RARE_FILE")));
    return REAL(pwrite)(descriptor, bytes, size, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    static atomic_int made;
    if (getenv("RARE_THREAD") != NULL && atomic_fetch_add(&made, 1) == 0) return EAGAIN;
    return REAL(pthread_create)(thread, attributes, start, argument);
}
