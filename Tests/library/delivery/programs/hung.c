/*
 * Tracks a number of events whatever the server does, then closes within 2 s, and prints what that cost.
 *
 *     hung EVENTS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

int main(int count, char **arguments) {
    CHECK(count == 2);
    long events = atol(arguments[1]), taken = 0, full = 0, slow = 0;
    tpc_client *client = client_open();
    tpc_event *event = tpc_event_new();
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/pricing", TPC_NTS, NULL) == TPC_OK);
    long at_full = 0;
    for (long number = 0; number < events; number++) {
        uint64_t start = nanoseconds();
        int32_t status = tpc_client_track(client, event, NULL);
        if (nanoseconds() - start > 1000000) slow++;
        if (status == TPC_OK) taken++;
        if (status == TPC_ERROR_QUEUE_FULL && full++ == 0) at_full = memory_bytes("VmRSS");
    }
    tpc_event_free(event);
    tpc_stats stats = client_stats(client);
    CHECK(stats.accepted == (uint64_t)taken && stats.refused_queue_full == (uint64_t)full);
    long in_the_end = memory_bytes("VmRSS");
    size_t undelivered;
    uint64_t start = nanoseconds();
    int32_t status = tpc_client_close(client, 2000, &undelivered);
    double seconds = (double)(nanoseconds() - start) / 1e9;
    printf("{\"taken\": %ld, \"full\": %ld, \"over_1_ms\": %ld, ", taken, full, slow);
    printf("\"growth_bytes\": %ld, \"status\": %d, ", in_the_end - at_full, status);
    printf("\"undelivered\": %zu, \"close_seconds\": %f}\n", undelivered, seconds);
    return 0;
}
