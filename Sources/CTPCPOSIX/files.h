/*
 * For the tool: the files of logs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_POSIX_FILES_H
#define TPC_POSIX_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

static inline int tpc_posix_is_folder(const struct stat *status) { return S_ISDIR(status->st_mode); }

/* Lets the process have as many open files as it may. */
static inline void tpc_posix_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* The time of a file's last change, in nanoseconds. */
static inline int64_t tpc_posix_changed_ns(const struct stat *status) {
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

/*
 * Reads bytes of a file again, up to an offset, and with the same call what follows them: both are of one state of the file. Returns
 * the number of bytes in all, or -1.
 */
static inline ssize_t tpc_posix_read_around(int descriptor, void *before, size_t before_size, void *after, size_t after_size, int64_t offset) {
    struct iovec parts[2] = {{before, before_size}, {after, after_size}};
    ssize_t count;
    do count = preadv(descriptor, parts, 2, offset - (int64_t)before_size);
    while (count < 0 && errno == EINTR);
    return count;
}

/* Takes a lock that only one process has, without waiting. Whether it got it. */
static inline int tpc_posix_lock_file(int descriptor) { return flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

#endif
