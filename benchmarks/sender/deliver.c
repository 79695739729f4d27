/*
 * deliver.c - events through the queue to a server that answers: from the first one's making to the last one's answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "modes.h"

#include <stdio.h>

#include "../common/measure.h"

enum { FULL_QUEUE_WAIT_MS = 50, CLOSE_WAIT_MS = 300000 };

static double caller_cpu_seconds(void) { return (double)clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID) / 1e9; }

/* Tracks all visits, and lets the sender go on for a while whenever the queue is full; returns how often it was. */
static unsigned track_all(tpc_client *client, const struct visit *visits, const struct arguments *arguments) {
    tpc_event *event = tpc_event_new();
    unsigned waits = 0;

    for (unsigned i = 0; i < arguments->count; i++) {
        tpc_error error;
        int32_t status;
        tpc_event_clear(event);
        fill_event(event, &visits[i], arguments->all_at_once);
        while ((status = tpc_client_track(client, event, &error)) == TPC_ERROR_QUEUE_FULL) {
            waits++;
            tpc_client_flush(client, FULL_QUEUE_WAIT_MS, NULL);
        }
        require(status, "tpc_client_track", &error);
    }
    tpc_event_free(event);
    return waits;
}

int measure_delivery(const struct arguments *arguments) {
    struct visit *visits = make_visits(arguments->count);
    tpc_stats stats;
    size_t undelivered = 0;

    uint64_t start = wall_nanoseconds();
    double cpu = cpu_seconds(), caller_cpu = caller_cpu_seconds();
    tpc_client *client = open_client(arguments);
    unsigned waits = track_all(client, visits, arguments);
    tpc_client_flush(client, CLOSE_WAIT_MS, NULL);
    require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    tpc_client_close(client, CLOSE_WAIT_MS, &undelivered);
    double wall = (double)(wall_nanoseconds() - start) / 1e9;
    cpu = cpu_seconds() - cpu;
    caller_cpu = caller_cpu_seconds() - caller_cpu;

    printf("{\"events\": %llu, \"wall_seconds\": %.6f, \"cpu_seconds\": %.6f, \"caller_cpu_seconds\": %.6f, "
           "\"sender_cpu_seconds\": %.6f, \"failed\": %zu, \"queue_full_waits\": %u, \"requests\": %llu, "
           "\"failed_requests\": %llu, \"retries\": %llu, \"odd_responses\": %llu}\n",
           (unsigned long long)stats.delivered, wall, cpu, caller_cpu, cpu - caller_cpu, arguments->count - stats.delivered,
           waits, (unsigned long long)stats.requests, (unsigned long long)stats.failed_requests,
           (unsigned long long)stats.retries, (unsigned long long)stats.odd_responses);
    free(visits);
    return undelivered == 0 && stats.delivered == arguments->count ? 0 : 1;
}
