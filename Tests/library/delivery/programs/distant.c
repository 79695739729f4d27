/*
 * Tracks a number of events and closes, and says how long both took.
 *
 *     distant EVENTS TIMEOUT_MS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

int main(int count, char **arguments) {
    CHECK(count == 3);
    tpc_client *client = client_open();
    uint64_t start = nanoseconds();
    long events = atol(arguments[1]);
    for (long number = 0; number < events; number++) CHECK(client_track(client, "distant", number) == TPC_OK);
    size_t undelivered;
    int32_t status = tpc_client_close(client, atoi(arguments[2]), &undelivered);
    printf("{\"status\": %d, \"undelivered\": %zu, \"seconds\": %f}\n", status, undelivered,
           (double)(nanoseconds() - start) / 1e9);
    return 0;
}
