/*
 * Tracks a steady stream of events, and says four times a second what became of them: a line of JSON each, with the time of
 * the monotonic clock in seconds. Sums are over all clients.
 *
 *     stream AT_ONCE RATE BURST SECONDS CLIENTS FLUSH_MS
 *
 * AT_ONCE events come at the start, then RATE a second, BURST of them at a time; they are numbered from 0 on and dealt to the
 * clients in turn. An event that finds its queue full is left out. In the end each client is flushed for FLUSH_MS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

#define CLIENTS 16

static tpc_client *clients[CLIENTS];
static int client_count;
static long tracked;
/* Of one call of track, in nanoseconds, since the last line. */
static uint64_t worst;

static void track_next(tpc_event *event) {
    char id[32];
    snprintf(id, sizeof id, "%ld", tracked);
    CHECK(tpc_event_set(event, TPC_FIELD_EVENT_ID, id, TPC_NTS, NULL) == TPC_OK);
    uint64_t start = nanoseconds();
    int32_t status = tpc_client_track(clients[tracked % client_count], event, NULL);
    uint64_t taken = nanoseconds() - start;
    CHECK(status == TPC_OK || status == TPC_ERROR_QUEUE_FULL);
    if (taken > worst) worst = taken;
    tracked++;
}

static void print_line(void) {
    tpc_stats sum = {0};
    for (int index = 0; index < client_count; index++) {
        tpc_stats one = client_stats(clients[index]);
        sum.accepted += one.accepted;
        sum.delivered += one.delivered;
        sum.rejected += one.rejected;
        sum.expired += one.expired;
        sum.pending += one.pending;
        sum.requests += one.requests;
        sum.failed_requests += one.failed_requests;
        sum.retries += one.retries;
        sum.in_flight += one.in_flight;
    }
    printf("{\"time\": %.3f, \"tracked\": %ld, \"accepted\": %llu, \"delivered\": %llu, \"rejected\": %llu, \"expired\": %llu, "
           "\"pending\": %llu, \"requests\": %llu, \"failed\": %llu, \"retries\": %llu, \"in_flight\": %llu, "
           "\"worst_track_ms\": %.3f}\n",
           (double)nanoseconds() / 1e9, tracked, (unsigned long long)sum.accepted, (unsigned long long)sum.delivered,
           (unsigned long long)sum.rejected, (unsigned long long)sum.expired, (unsigned long long)sum.pending,
           (unsigned long long)sum.requests, (unsigned long long)sum.failed_requests, (unsigned long long)sum.retries,
           (unsigned long long)sum.in_flight, (double)worst / 1e6);
    fflush(stdout);
    worst = 0;
}

int main(int count, char **arguments) {
    CHECK(count == 7);
    long at_once = atol(arguments[1]), burst = atol(arguments[3]);
    double rate = atof(arguments[2]), seconds = atof(arguments[4]), passed = 0, next_line = 0;
    client_count = atoi(arguments[5]);
    CHECK(burst >= 1 && client_count >= 1 && client_count <= CLIENTS);
    for (int index = 0; index < client_count; index++) clients[index] = client_open();
    tpc_event *event = tpc_event_new();
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/pricing", TPC_NTS, NULL) == TPC_OK);
    const struct timespec moment = {0, 1000000};
    uint64_t start = nanoseconds();
    while (tracked < at_once) track_next(event);
    for (; passed < seconds; passed = (double)(nanoseconds() - start) / 1e9) {
        long due = at_once + (long)(passed * rate) / burst * burst;
        while (tracked < due) track_next(event);
        if (passed >= next_line) {
            print_line();
            next_line += 0.25;
        }
        nanosleep(&moment, NULL);
    }
    print_line();
    for (int index = 0; index < client_count; index++) tpc_client_flush(clients[index], atoi(arguments[6]), NULL);
    print_line();
    for (int index = 0; index < client_count; index++) tpc_client_close(clients[index], 0, NULL);
    tpc_event_free(event);
    return 0;
}
