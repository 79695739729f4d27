/*
 * For the tool: the files of logs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_POSIX_FILES_H
#define TPC_POSIX_FILES_H

#include <fcntl.h>
#include <glob.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

static inline int tpc_posix_is_folder(const struct stat *status) { return S_ISDIR(status->st_mode); }
static inline int tpc_posix_is_pipe(const struct stat *status) { return S_ISFIFO(status->st_mode); }

/* Lets the process have as many open files as it may. */
static inline void tpc_posix_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

#endif
