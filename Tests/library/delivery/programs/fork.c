/*
 * Forks beside a live sender, in the way its first argument names, and counts on nothing being called for it.
 *
 *     fork live|idle|silent|nested|busy|shared|closed
 *     fork connecting MICROSECONDS
 *
 * Events are named after who sends them. Prints how many the parent, and how many each child, had accepted.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { PATIENCE = 60000 };

/* A child that hangs ends by SIGALRM, which the parent takes for what it is. */
static pid_t start_child(void) {
    fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) alarm(60);
    return child;
}

static void expect_end(pid_t child) {
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fprintf(stderr, "child %d: status %x\n", (int)child, status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void track_some(tpc_client *client, const char *sender, long count) {
    for (long number = 0; number < count; number++) CHECK(client_track(client, sender, number) == TPC_OK);
}

/* What a child finds, sends and leaves: its own, and nothing else. */
static void be_child(tpc_client *client, const char *sender, long count) {
    tpc_stats found = client_stats(client);
    CHECK(found.accepted == 0 && found.pending == 0 && found.requests == 0 && found.in_flight == 0);
    track_some(client, sender, count);
    CHECK(client_stats(client).accepted == (uint64_t)count);
    size_t undelivered;
    CHECK(tpc_client_flush(client, PATIENCE, &undelivered) == TPC_OK && undelivered == 0);
    CHECK(client_stats(client).delivered == (uint64_t)count);
    CHECK(tpc_client_close(client, PATIENCE, &undelivered) == TPC_OK && undelivered == 0);
    CHECK(client_track(client, sender, 0) == TPC_ERROR_CLOSED);
}

/* The queue is full and requests are under way when it forks. */
static void live(tpc_client *client) {
    track_some(client, "parent", 200);
    pid_t child = start_child();
    if (child == 0) {
        be_child(client, "child", 50);
        exit(0);
    }
    for (long number = 200; number < 250; number++) CHECK(client_track(client, "parent", number) == TPC_OK);
    expect_end(child);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

/* Connections are kept and nothing is queued. */
static void idle(tpc_client *client) {
    track_some(client, "parent", 50);
    CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
    pid_t child = start_child();
    if (child == 0) {
        be_child(client, "child", 50);
        exit(0);
    }
    expect_end(child);
    for (long number = 50; number < 100; number++) CHECK(client_track(client, "parent", number) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

/* A child that sends nothing: it asks, and ends, and has never had a second thread. */
static void silent(tpc_client *client) {
    track_some(client, "parent", 50);
    for (int turn = 0; turn < 10; turn++) {
        pid_t child = start_child();
        if (child == 0) {
            CHECK(threads() == 1);
            if (turn % 2) {
                CHECK(client_stats(client).accepted == 0);
                CHECK(tpc_client_flush(client, 0, NULL) == TPC_OK);
            }
            if (turn % 4 == 3) CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
            CHECK(threads() == 1);
            exit(0);
        }
        expect_end(child);
    }
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

static void nested(tpc_client *client) {
    track_some(client, "parent", 30);
    pid_t child = start_child();
    if (child == 0) {
        track_some(client, "child", 30);
        pid_t grandchild = start_child();
        if (grandchild == 0) {
            be_child(client, "grandchild", 30);
            exit(0);
        }
        expect_end(grandchild);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
        exit(0);
    }
    expect_end(child);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
}

static atomic_int stop;
static atomic_long accepted[4];
static tpc_client *busy_client;

static void *keep_tracking(void *context) {
    long thread = (long)context;
    char sender[32];
    snprintf(sender, sizeof sender, "parent-%ld", thread);
    while (!atomic_load(&stop)) {
        int32_t status = client_track(busy_client, sender, accepted[thread]);
        CHECK(status == TPC_OK || status == TPC_ERROR_QUEUE_FULL);
        if (status == TPC_OK) accepted[thread]++;
        else sched_yield();
        client_stats(busy_client);
    }
    return NULL;
}

/* Four threads track without a pause, so that locks are held at most of the 50 forks. */
static void busy(tpc_client *client) {
    enum { CHILDREN = 50, AT_ONCE = 5 };
    pthread_t tracking[4];
    pid_t children[CHILDREN];
    busy_client = client;
    for (long thread = 0; thread < 4; thread++)
        CHECK(pthread_create(&tracking[thread], NULL, keep_tracking, (void *)thread) == 0);
    while (client_stats(client).requests == 0) sched_yield();
    for (int number = 0; number < CHILDREN; number++) {
        if (number >= AT_ONCE) expect_end(children[number - AT_ONCE]);
        children[number] = start_child();
        if (children[number] == 0) {
            char sender[32];
            snprintf(sender, sizeof sender, "child-%d", number);
            be_child(client, sender, 3);
            _exit(0);
        }
    }
    for (int number = CHILDREN - AT_ONCE; number < CHILDREN; number++) expect_end(children[number]);
    atomic_store(&stop, 1);
    long total = 0;
    for (int thread = 0; thread < 4; thread++) {
        pthread_join(tracking[thread], NULL);
        total += accepted[thread];
    }
    CHECK(client_stats(client).accepted == (uint64_t)total);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    printf("{\"accepted\": %ld}\n", total);
}

/* Forks a given number of microseconds after the first event: while the sender connects, and sets up TLS for the first time. */
static long delay;

static void connecting(tpc_client *client) {
    track_some(client, "parent", 1);
    for (uint64_t until = nanoseconds() + (uint64_t)delay * 1000; nanoseconds() < until;) sched_yield();
    pid_t sending = start_child();
    if (sending == 0) {
        be_child(client, "child", 1);
        exit(0);
    }
    pid_t silent = start_child();
    if (silent == 0) exit(0);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    expect_end(sending);
    expect_end(silent);
}

/* The child finds the parent's shared client under its name, and each closes its own. */
static void shared(tpc_client *client) {
    CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
    tpc_client *mine, *again;
    CHECK(tpc_client_shared(NULL, &mine, NULL) == TPC_OK);
    track_some(mine, "parent", 20);
    pid_t child = start_child();
    if (child == 0) {
        CHECK(tpc_client_shared(NULL, &again, NULL) == TPC_OK && again == mine);
        be_child(again, "child", 20);
        CHECK(tpc_client_shared(NULL, &again, NULL) == TPC_OK && again != mine);
        be_child(again, "renewed", 20);
        exit(0);
    }
    expect_end(child);
    CHECK(tpc_client_shared(NULL, &again, NULL) == TPC_OK && again == mine);
    CHECK(tpc_client_close(mine, PATIENCE, NULL) == TPC_OK);
}

/* What the parent closed is closed in the child, and a client of the child's own works. */
static void closed(tpc_client *client) {
    track_some(client, "parent", 20);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    pid_t child = start_child();
    if (child == 0) {
        CHECK(client_track(client, "child", 0) == TPC_ERROR_CLOSED);
        be_child(client_open(), "child", 20);
        exit(0);
    }
    expect_end(child);
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*run)(tpc_client *);
    } ways[] = {{"live", live}, {"idle", idle}, {"silent", silent}, {"nested", nested},
                {"busy", busy}, {"connecting", connecting}, {"shared", shared}, {"closed", closed}};
    CHECK(count == 2 || count == 3);
    if (count == 3) delay = atol(arguments[2]);
    for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
        if (strcmp(arguments[1], ways[index].name) == 0) {
            ways[index].run(client_open());
            return 0;
        }
    }
    CHECK(!"a way that it knows");
}
