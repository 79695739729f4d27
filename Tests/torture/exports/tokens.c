/*
 * Clients are made and closed by some threads while others use the tokens of closed ones: such a call is answered with
 * TPC_ERROR_CLOSED, and does nothing to the client that has the slot now. Arguments: threads of each kind, clients per thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tpc.h>

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

static const char EVENT[] = "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"}}";

/* Tokens of clients that are closed, the newest over the oldest. */
static _Atomic(tpc_client *) closed[256];
static atomic_uint closed_count;
static atomic_bool done;
static long clients_a_thread;

static void *make_and_close(void *options) {
    for (long number = 0; number < clients_a_thread; number++) {
        tpc_client *client;
        tpc_stats stats;
        tpc_error error;
        size_t count = 1;
        CHECK(tpc_client_new(options, &client, &error) == TPC_OK);
        for (int turn = 0; turn < 3; turn++) CHECK(tpc_client_track_json(client, EVENT, TPC_NTS, &error) == TPC_OK);
        CHECK(tpc_client_flush(client, 60000, &count) == TPC_OK && count == 0);
        CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_OK);
        CHECK(stats.accepted == 3 && stats.delivered == 3);
        CHECK(tpc_client_close(client, 60000, &count) == TPC_OK && count == 0);
        closed[atomic_fetch_add(&closed_count, 1) % 256] = client;
    }
    return NULL;
}

static void *use_closed(void *unused) {
    unsigned turn = 0;
    (void)unused;
    while (!done) {
        tpc_client *client = closed[turn % 256];
        tpc_stats stats;
        tpc_report *report;
        turn++;
        CHECK(tpc_client_track_json(client, EVENT, TPC_NTS, NULL) == TPC_ERROR_CLOSED);
        CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_ERROR_CLOSED);
        CHECK(tpc_client_poll(client, 1000, &report) == TPC_ERROR_CLOSED);
        CHECK(tpc_client_flush(client, 1000, NULL) == TPC_ERROR_CLOSED);
        CHECK(tpc_client_close(client, 1000, NULL) == TPC_ERROR_CLOSED);
        CHECK(tpc_client_report_descriptor(client) == -1);
    }
    return NULL;
}

int main(int count, char **values) {
    long threads = count > 1 ? atol(values[1]) : 2;
    pthread_t makers[16], users[16];
    tpc_options *options = tpc_options_new();
    CHECK(threads > 0 && threads <= 16);
    clients_a_thread = count > 2 ? atol(values[2]) : 10000;
    CHECK(tpc_options_set(options, "dry_run", TPC_NTS, "true", TPC_NTS, NULL) == TPC_OK);
    for (long number = 0; number < threads; number++) {
        CHECK(pthread_create(&makers[number], NULL, make_and_close, options) == 0);
        CHECK(pthread_create(&users[number], NULL, use_closed, NULL) == 0);
    }
    for (long number = 0; number < threads; number++) pthread_join(makers[number], NULL);
    done = 1;
    for (long number = 0; number < threads; number++) pthread_join(users[number], NULL);
    tpc_options_free(options);
    printf("%ld clients made and closed while their tokens were in use\n", threads * clients_a_thread);
    return 0;
}
