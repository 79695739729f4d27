/*
 * To be preloaded: an emulated kernel (qemu-user, gVisor), which says yes to MADV_WIPEONFORK and does nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int madvise(void *address, size_t length, int advice) {
    return advice == MADV_WIPEONFORK ? 0 : (int)syscall(SYS_madvise, address, length, advice);
}
