/*
 * enqueue.c - what one event costs its caller: clear, 13 fields, 3 properties, track; while the server hangs.
 *
 * Each round has a client of its own, so that the queue never fills. Rounds of two kinds alternate: in the one, a clock is
 * read around every single event, which gives the distribution; in the other, around a hundred at a time, which gives the
 * cost without the clock's own. Nothing is subtracted: the clock's cost is printed beside them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "modes.h"

#include <stdio.h>

#include "../common/measure.h"

enum { BATCH = 100, CLOCK_READINGS = 100000 };

static void enqueue(tpc_client *client, tpc_event *event, const struct visit *visit, int all_at_once) {
    tpc_event_clear(event);
    fill_event(event, visit, all_at_once);
    require(tpc_client_track(client, event, NULL), "tpc_client_track", NULL);
}

/* A client whose first request is under way, and so waits for a server that will not answer. */
static tpc_client *open_hung_client(const struct arguments *arguments, tpc_event *event, const struct visit *visit) {
    tpc_client *client = open_client(arguments);
    tpc_stats stats = {0};

    enqueue(client, event, visit, arguments->all_at_once);
    for (int i = 0; stats.in_flight == 0; i++) {
        struct timespec pause = {0, 1000000};
        if (i == 5000) {
            fprintf(stderr, "sender: no request was under way after 5 s\n");
            exit(1);
        }
        nanosleep(&pause, NULL);
        require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    }
    return client;
}

/* One round; a sample is what `group` events took. Returns the number of samples. */
static size_t run_round(const struct arguments *arguments, tpc_event *event, const struct visit *visits, unsigned group,
                        uint64_t *samples) {
    tpc_client *client = open_hung_client(arguments, event, &visits[0]);
    size_t taken = 0;

    for (unsigned i = 1; i + group <= arguments->count; i += group) {
        uint64_t start = wall_nanoseconds();
        for (unsigned j = 0; j < group; j++) enqueue(client, event, &visits[i + j], arguments->all_at_once);
        samples[taken++] = wall_nanoseconds() - start;
    }
    int32_t status = tpc_client_close(client, 0, NULL);
    if (status != TPC_ERROR_TIMEOUT) require(status, "tpc_client_close", NULL);
    return taken;
}

static uint64_t clock_cost(void) {
    static uint64_t samples[CLOCK_READINGS];
    for (size_t i = 0; i < CLOCK_READINGS; i++) {
        uint64_t start = wall_nanoseconds();
        samples[i] = wall_nanoseconds() - start;
    }
    sort_nanoseconds(samples, CLOCK_READINGS);
    return percentile(samples, CLOCK_READINGS, 0.5);
}

int measure_enqueue(const struct arguments *arguments) {
    size_t room = (size_t)arguments->count * arguments->rounds, singles = 0, batches = 0;
    uint64_t *single = malloc(room * sizeof *single), *batch = malloc(room * sizeof *batch);
    struct visit *visits = make_visits(arguments->count);
    tpc_event *event = tpc_event_new();

    if (!single || !batch || !event) return 1;
    for (size_t i = 0; i < room; i++) single[i] = batch[i] = 0; /* their pages are touched before the clock starts */
    for (unsigned round = 0; round < arguments->rounds; round++) {
        singles += run_round(arguments, event, visits, 1, single + singles);
        batches += run_round(arguments, event, visits, BATCH, batch + batches);
    }
    sort_nanoseconds(single, singles);
    sort_nanoseconds(batch, batches);
    printf("{\"events\": %zu, \"median_ns\": %llu, \"p99_ns\": %llu, \"p999_ns\": %llu, \"max_ns\": %llu, "
           "\"batch_median_ns\": %.1f, \"clock_ns\": %llu}\n",
           singles, (unsigned long long)percentile(single, singles, 0.5),
           (unsigned long long)percentile(single, singles, 0.99), (unsigned long long)percentile(single, singles, 0.999),
           (unsigned long long)single[singles - 1], (double)percentile(batch, batches, 0.5) / BATCH,
           (unsigned long long)clock_cost());
    tpc_event_free(event);
    free(visits);
    free(single);
    free(batch);
    return 0;
}
