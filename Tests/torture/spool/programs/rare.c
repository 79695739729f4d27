/*
 * A host for moments that are rare: the spool's threads meet within a few instructions, or what comes next is missing.
 *
 *     rare CASE [EVENTS]
 *
 * It prints its counters as JSON. `rare_moments.c` is preloaded where a call has to be late, or to fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>

#include "client.h"

enum { BODY = 1500, THREADS = 8, EVENTS_OF_A_THREAD = 1000, REWOUND = 300 };

static tpc_client *client;
static _Atomic unsigned long refused;

static void track(const char *name, long count) {
    static __thread char title[BODY + 1], text[BODY + 200];
    memset(title, 't', BODY);
    for (long number = 0; number < count; number++) {
        snprintf(text, sizeof text,
                 "{\"event\":\"page_visit\",\"eventId\":\"%s-%06ld\",\"page\":{\"href\":\"https://example.com/\",\"title\":\"%s\"}}",
                 name, number, title);
        if (tpc_client_track_json(client, text, strlen(text), NULL) != TPC_OK) refused++;
    }
}

static void rest(int milliseconds) { usleep((unsigned)milliseconds * 1000); }

static void say(void) {
    tpc_stats s = client_stats(client);
    printf("{\"accepted\":%lu,\"delivered\":%lu,\"pending\":%lu,\"spooled\":%lu,\"unspooled\":%lu,\"refused\":%lu}\n", s.accepted,
           s.delivered, s.pending, s.spooled, s.unspooled, refused);
    fflush(stdout);
}

static void await_line(void) {
    char line[16];
    CHECK(fgets(line, sizeof line, stdin) != NULL);
}

static pthread_barrier_t together;
static long of_each;

static void *track_some(void *name) {
    pthread_barrier_wait(&together);
    track(name, of_each);
    return NULL;
}

/* Many threads track at once. With spool_sync, they wait for one sync of a segment that is full meanwhile. */
static void in_threads(long events) {
    pthread_t threads[THREADS];
    static char names[THREADS][8];
    of_each = events;
    CHECK(pthread_barrier_init(&together, NULL, THREADS) == 0);
    for (int index = 0; index < THREADS; index++) {
        snprintf(names[index], sizeof names[index], "t%d", index);
        CHECK(pthread_create(&threads[index], NULL, track_some, names[index]) == 0);
    }
    for (int index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
}

/* The ends that the disk refused are noted late: when their places are those of other events. */
static void rewound(void) {
    volatile int *step = dlsym(RTLD_DEFAULT, "rare_step");
    *step = 1;
    track("before", REWOUND);
    CHECK(tpc_client_flush(client, 30000, NULL) == TPC_OK);
    rest(200);
    say();
    await_line();
    *step = 2;
    for (int turn = 0; *step == 2 && turn < 1500; turn++) rest(10);
    CHECK(*step == 3);
    track("after", REWOUND);
    rest(1000);
    say();
    kill(getpid(), SIGKILL);
}

/* Events of several segments are in memory, and the host closes the descriptors of all, and of the folder. */
static void closed(void) {
    track("before", 2000);
    rest(300);
    for (int number = 200; number < 8192; number++) close(number);
    rest(150);
    for (int turn = 0; turn < 20; turn++) {
        track("noticed", 50);
        rest(60);
    }
    say();
    track("after", 1000);
}

/* The system refuses the thread of the sender for all, once. */
static void threadless(void) {
    for (int turn = 0; turn < 40 && client_stats(client).delivered == 0; turn++) {
        track("some", 1);
        rest(100);
    }
}

int main(int count, char **arguments) {
    const char *which = arguments[1];
    client = client_open();
    if (strcmp(which, "synced") == 0) in_threads(EVENTS_OF_A_THREAD);
    if (strcmp(which, "first") == 0) in_threads(1);
    if (strcmp(which, "rewound") == 0) rewound();
    if (strcmp(which, "closed") == 0) closed();
    if (strcmp(which, "threadless") == 0) threadless();
    if (strcmp(which, "tracks") == 0) track("some", atol(arguments[2]));
    say();
    if (count > 3) pause();
    tpc_client_close(client, 100, NULL);
    return 0;
}
