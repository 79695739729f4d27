/*
 * A host that is interrupted a thousand times a second, without SA_RESTART, in every call: track, flush, poll and close do
 * what they do without it.
 *
 *     signals MILLISECONDS
 *
 * Prints how many events were delivered and how many signals were handled in that time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>

enum { PATIENCE = 60000, BATCH = 50 };

static atomic_long handled;
static pthread_t host;

/* On the host's thread alone: the sender lets none through. */
static void handle(int number) {
    (void)number;
    CHECK(pthread_equal(pthread_self(), host));
    atomic_fetch_add(&handled, 1);
    errno = 4711;
}

static void start_storm(void) {
    struct sigaction action = {.sa_handler = handle};
    struct itimerval interval = {{0, 1000}, {0, 1000}};
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &interval, NULL) == 0);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    uint64_t until = nanoseconds() + (uint64_t)atol(arguments[1]) * 1000000;
    long delivered = 0;
    host = pthread_self();
    start_storm();
    while (nanoseconds() < until || handled < 100) {
        tpc_client *client = client_open();
        tpc_report *report;
        for (int number = 0; number < BATCH; number++) CHECK(client_track(client, "signals", delivered + number) == TPC_OK);
        for (int number = 0; number < BATCH / 2; number++) {
            CHECK(tpc_client_poll(client, PATIENCE, &report) == TPC_OK && report != NULL);
            CHECK(tpc_report_outcome(report) == TPC_OUTCOME_DELIVERED);
            tpc_report_free(report);
        }
        size_t left;
        CHECK(tpc_client_flush(client, PATIENCE, &left) == TPC_OK && left == 0);
        CHECK(client_stats(client).delivered == BATCH);
        CHECK(tpc_client_close(client, PATIENCE, &left) == TPC_OK && left == 0);
        delivered += BATCH;
    }
    printf("{\"delivered\": %ld, \"signals\": %ld}\n", delivered, (long)handled);
    return 0;
}
