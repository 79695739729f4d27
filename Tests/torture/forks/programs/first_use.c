/*
 * Forks, or ends, a given number of microseconds after another thread began to make the process's first client: while that sets up
 * libcurl and OpenSSL. A child then makes one of its own, and finds the one that was being made if it was.
 *
 *     first_use fork|exit MICROSECONDS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { PATIENCE = 60000, CHILDREN = 4 };

static atomic_int begun;
static tpc_client *_Atomic first;

/* A process that ends may refuse it; one that forks may not. */
static void *make_and_use(void *may_refuse) {
    tpc_client *client;
    atomic_store(&begun, 1);
    int32_t status = tpc_client_new(NULL, &client, NULL);
    if (status == TPC_OK) status = client_track(client, "first", 0);
    CHECK(status == TPC_OK || (may_refuse && status == TPC_ERROR_SYSTEM));
    atomic_store(&first, client);
    return NULL;
}

static void be_child(int number) {
    char name[32];
    snprintf(name, sizeof name, "child-%d", number);
    tpc_client *known = atomic_load(&first), *client = client_open();
    CHECK(client_track(client, name, 0) == TPC_OK);
    if (known != NULL) CHECK(client_track(known, name, 1) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    if (known != NULL) CHECK(tpc_client_close(known, PATIENCE, NULL) == TPC_OK);
}

int main(int count, char **arguments) {
    CHECK(count == 3);
    pthread_t making;
    pid_t children[CHILDREN];
    int is_ending = strcmp(arguments[1], "exit") == 0;
    long delay = atol(arguments[2]);
    CHECK(pthread_create(&making, NULL, make_and_use, is_ending ? "may" : NULL) == 0);
    while (!atomic_load(&begun)) sched_yield();
    for (uint64_t until = nanoseconds() + (uint64_t)delay * 1000; nanoseconds() < until;) sched_yield();
    if (is_ending) exit(0);
    for (int number = 0; number < CHILDREN; number++) {
        children[number] = fork();
        CHECK(children[number] >= 0);
        if (children[number] > 0) continue;
        /* A child that hangs ends by SIGALRM. */
        alarm(60);
        be_child(number);
        exit(0);
    }
    for (int status, number = 0; number < CHILDREN; number++) {
        CHECK(waitpid(children[number], &status, 0) == children[number]);
        CHECK(status == 0);
    }
    CHECK(pthread_join(making, NULL) == 0);
    CHECK(tpc_client_close(atomic_load(&first), PATIENCE, NULL) == TPC_OK);
    return 0;
}
