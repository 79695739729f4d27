/*
 * Tracks a number of events and is stopped right after them, as a host is that is frozen between two requests; once it goes on,
 * flushes, and says what became of them.
 *
 *     frozen EVENTS cold|warm
 *
 * A warm one has delivered an event before.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <signal.h>

int main(int count, char **arguments) {
    CHECK(count == 3);
    tpc_client *client = client_open();
    if (strcmp(arguments[2], "warm") == 0) {
        CHECK(client_track(client, "warm", 0) == TPC_OK);
        CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    }
    for (long number = 0; number < atol(arguments[1]); number++) CHECK(client_track(client, "frozen", number) == TPC_OK);
    raise(SIGSTOP);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    tpc_stats stats = client_stats(client);
    printf("{\"accepted\": %llu, \"delivered\": %llu, \"expired\": %llu}\n", (unsigned long long)stats.accepted,
           (unsigned long long)stats.delivered, (unsigned long long)stats.expired);
    return 0;
}
