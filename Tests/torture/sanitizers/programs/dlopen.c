/*
 * To preload before a sanitizer's runtime: PHP loads its extensions with RTLD_DEEPBIND, which the runtime refuses, since it
 * would hide its malloc from them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>

void *dlopen(const char *file, int mode) {
    static void *(*next)(const char *, int);
    if (next == NULL) next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    return next(file, mode & ~RTLD_DEEPBIND);
}
