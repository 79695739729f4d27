/*
 * Ends while its sender is at work: exit(7) in the way the argument names.
 *
 *     exit_busy return|exit|handlers|thread ROUNDS_BEFORE
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <sched.h>

static tpc_client *client;

/* What a host's own exit handler may do with the library. */
static void use_it_at_exit(void) {
    client_track(client, "exiting", 0);
    tpc_client_flush(client, 20, NULL);
    tpc_client_close(client, 20, NULL);
}

static void *exit_elsewhere(void *context) {
    (void)context;
    exit(7);
}

int main(int count, char **arguments) {
    CHECK(count == 3);
    client = client_open();
    if (strcmp(arguments[1], "handlers") == 0) atexit(use_it_at_exit);
    for (int number = 0; number < 300; number++) CHECK(client_track(client, "busy", number) == TPC_OK);
    while (client_stats(client).requests < (uint64_t)atol(arguments[2])) sched_yield();
    if (strcmp(arguments[1], "return") == 0) return 7;
    if (strcmp(arguments[1], "thread") == 0) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, exit_elsewhere, NULL) == 0);
        pthread_join(thread, NULL);
    }
    exit(7);
}
