/*
 * Threads that are cancelled (pthread_cancel) before and during the library's calls: each call ends as it should, and
 * the client is as good as before.
 *
 *     cancelled TIMES
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <stdatomic.h>

enum { PATIENCE = 60000 };

static tpc_client *client;
static atomic_long accepted, clients;
static atomic_int begun;

static void *keep_flushing(void *context) {
    for (;;) {
        atomic_store(&begun, 1);
        tpc_client_flush(client, 20, NULL);
        pthread_testcancel();
    }
    return context;
}

static void *keep_polling(void *context) {
    for (;;) {
        tpc_report *report;
        atomic_store(&begun, 1);
        if (tpc_client_poll(client, 20, &report) == TPC_OK) tpc_report_free(report);
        pthread_testcancel();
    }
    return context;
}

static void *keep_tracking(void *context) {
    for (;;) {
        atomic_store(&begun, 1);
        if (client_track(client, "cancelled", atomic_load(&accepted)) == TPC_OK) atomic_fetch_add(&accepted, 1);
        pthread_testcancel();
    }
    return context;
}

static void *keep_making(void *context) {
    for (;;) {
        tpc_client *made = client_open();
        atomic_store(&begun, 1);
        CHECK(client_track(made, "made", atomic_fetch_add(&clients, 1)) == TPC_OK);
        tpc_client_report_descriptor(made);
        tpc_client_close(made, 20, NULL);
        pthread_testcancel();
    }
    return context;
}

static void join_cancelled(pthread_t thread) {
    void *result;
    CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

static int calls_ended;

/* Each call is made on a thread that is cancelled already: the first cancellation point ends it. */
static void *call_cancelled(void *context) {
    const int call = *(int *)context;
    tpc_client *made = NULL;
    tpc_report *report = NULL;
    pthread_cancel(pthread_self());
    if (call == 0) CHECK(client_track(client, "before", atomic_fetch_add(&accepted, 1)) == TPC_OK);
    if (call == 1) tpc_client_flush(client, 20, NULL);
    if (call == 2) tpc_client_poll(client, 20, &report);
    if (call == 3) {
        tpc_client_new(NULL, &made, NULL);
        tpc_client_report_descriptor(made);
        client_track(made, "made", atomic_fetch_add(&clients, 1));
        tpc_client_close(made, 20, NULL);
    }
    tpc_report_free(report);
    calls_ended++;
    pthread_testcancel();
    return NULL;
}

static void make_calls(int turns) {
    /* The threads before filled the queue, and an event has to find room. */
    CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
    for (int turn = 0; turn < turns; turn++) {
        int call = turn % 4;
        pthread_t thread;
        /* Time for the sender to park, so that a call has to wake it. */
        usleep(2000);
        CHECK(pthread_create(&thread, NULL, call_cancelled, &call) == 0);
        join_cancelled(thread);
        CHECK(calls_ended == turn + 1);
    }
}

int main(int count, char **arguments) {
    static void *(*const work[])(void *) = {keep_flushing, keep_polling, keep_tracking, keep_making};
    CHECK(count == 2);
    client = client_open();
    for (int turn = 0; turn < atoi(arguments[1]); turn++) {
        pthread_t thread;
        atomic_store(&begun, 0);
        CHECK(pthread_create(&thread, NULL, work[turn % 4], NULL) == 0);
        while (!atomic_load(&begun)) usleep(10);
        usleep((useconds_t)(turn * 7 % 1000));
        CHECK(pthread_cancel(thread) == 0);
        join_cancelled(thread);
    }
    make_calls(atoi(arguments[1]));
    tpc_stats stats = client_stats(client);
    CHECK(stats.accepted == (uint64_t)accepted);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    return 0;
}
