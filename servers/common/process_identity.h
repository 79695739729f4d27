/*
 * A process as one number, which no later process has: its id, and when it began.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_PROCESS_IDENTITY_H
#define TPC_SERVER_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/* This process's; never 0. */
uint64_t tpc_server_process_identity(void);
/* Whether that process runs. Where /proc does not say when a process began, one that has its id now counts as it. */
bool tpc_server_process_lives(uint64_t identity);

#endif
