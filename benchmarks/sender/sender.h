/*
 * sender.h - what the modes of the benchmark program share: its arguments, a client, and one event from one visit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SENDER_H
#define SENDER_H

#include <tpc.h>

#include "../common/workload.h"

struct arguments {
    const char *url, *ca_file;
    const char *spool; /* of `memory`: the folder, if any */
    const char *kind; /* of `ratios`: only this one */
    unsigned count, rounds;
    int all_at_once; /* tpc_event_set_fields instead of one tpc_event_set a field */
};

/* Ends the program with the library's message when a call failed. */
void require(int32_t status, const char *call, const tpc_error *error);

/* A client for the URL with the library's defaults. */
tpc_client *open_client(const struct arguments *arguments);

/* The visits 0 to count - 1, made before any clock starts. */
struct visit *make_visits(unsigned count);

/* Sets the fields and properties of a visit on an empty event. */
void fill_event(tpc_event *event, const struct visit *visit, int all_at_once);

#endif
