/*
 * The folder of spool_directory, made by the server's first process for its workers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_SPOOL_FOLDER_H
#define TPC_SERVER_SPOOL_FOLDER_H

#include <sys/types.h>

/*
 * Makes the folder with mode 0700 for this user and group, and the folders above it with mode 0755, where they are missing.
 * (uid_t)-1 and (gid_t)-1: they are the process's own. A folder that is there stays as it is: the workers say what is wrong
 * with it, if anything is. Returns 0 or an errno.
 */
int tpc_server_spool_folder_make(const char *path, uid_t user, gid_t group);

#endif
