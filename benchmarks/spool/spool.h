/*
 * spool.h - what the modes of the spool's benchmark share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SPOOL_H
#define SPOOL_H

#include "../sender/sender.h"

struct spool_arguments {
    const char *folder;
    const char *kind;              /* of `append`: only this one, without the clock */
    unsigned processes, count, rounds;
    unsigned pause;                /* in microseconds, from one event to the next; 0: none */
};

/* A client with these options, which end with NULL. */
tpc_client *open_client_with(const char *const *options);

/* Each mode prints one line of JSON and returns the exit code. */
int measure_append(const struct spool_arguments *arguments);
int measure_instructions(const struct spool_arguments *arguments);
int measure_recovery(const struct spool_arguments *arguments);

#endif
