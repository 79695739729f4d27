/*
 * Workers that share counters, and are killed at any moment. The first argument names what is tried, the second is a number of
 * workers. Prints nothing but what went wrong.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "process_identity.h"
#include "worker_counters.h"

enum { SLOTS = 3 };

#define EXPECT(condition)                                                                                          \
    do {                                                                                                           \
        if (!(condition)) {                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                        \
            exit(1);                                                                                               \
        }                                                                                                          \
    } while (0)

/* What the worker that runs wants to publish, and what it has published. */
static struct progress {
    volatile uint64_t begun, done;
} *progress;

static void *shared(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory != MAP_FAILED);
    return memory;
}

static tpc_server_counters *make(size_t workers) {
    size_t size = tpc_server_counters_size(workers);
    tpc_server_counters *counters = tpc_server_counters_begin(shared(size), size);
    EXPECT(counters != NULL);
    return counters;
}

static tpc_server_totals sum(const tpc_server_counters *counters) {
    tpc_server_totals totals;
    tpc_server_counters_sum(counters, &totals);
    return totals;
}

/* All counters of n visits, equal ones, so that a half-written set shows; two are pending. */
static tpc_stats stats_of(uint64_t n) {
    return (tpc_stats){.size = sizeof(tpc_stats), .accepted = n, .delivered = n, .pending = 2, .requests = n, .spool_corrupt = n};
}

static void publish(tpc_server_slot *slot, uint64_t n) {
    tpc_stats stats = stats_of(n);
    tpc_server_counters_publish(slot, &stats, &(tpc_server_module_counters){.errors = n, .clientless = n});
}

/* Takes a slot and publishes until it is killed. */
static void work(tpc_server_counters *counters) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
    tpc_server_slot *slot = tpc_server_counters_claim(counters);
    EXPECT(slot != NULL);
    for (uint64_t n = 1;; n++) {
        progress->begun = n;
        publish(slot, n);
        progress->done = n;
    }
}

static void spin(long nanoseconds) {
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begin.tv_sec) * 1000000000L + now.tv_nsec - begin.tv_nsec < nanoseconds);
}

/*
 * Kills one worker after another, at moments from its first instructions on. Whatever it had published has to be in the sum,
 * once; each sum has to be of complete publications; and no sum may be lower than one before it.
 */
static int try_kills(int workers) {
    tpc_server_counters *counters = make(SLOTS);
    progress = shared(sizeof *progress);
    uint64_t published = 0, lost = 0;
    srand(1);
    for (int i = 0; i < workers; i++) {
        progress->begun = progress->done = 0;
        pid_t worker = fork();
        EXPECT(worker >= 0);
        if (worker == 0) work(counters);
        spin(rand() % (i % 2 ? 400000 : 4000000));
        tpc_server_totals before = sum(counters);
        EXPECT(before.stats.accepted >= published && before.stats.accepted == before.stats.spool_corrupt);
        EXPECT(before.stats.pending <= 2 && before.lost >= lost && before.workers <= 1);
        EXPECT(kill(worker, SIGKILL) == 0 && waitpid(worker, NULL, 0) == worker);
        tpc_server_totals after = sum(counters);
        EXPECT(after.stats.accepted >= before.stats.accepted && after.lost >= lost);
        EXPECT(after.stats.accepted >= published + progress->done && after.stats.accepted <= published + progress->begun);
        EXPECT(after.stats.accepted == after.stats.delivered && after.stats.accepted == after.stats.requests);
        EXPECT(after.stats.accepted == after.module.errors && after.stats.accepted == after.module.clientless);
        EXPECT(after.stats.accepted == after.stats.spool_corrupt);
        EXPECT(after.stats.pending == 0 && after.workers == 0 && after.slots == SLOTS);
        EXPECT(after.lost == lost + (after.stats.accepted > published ? 2 : 0));
        published = after.stats.accepted;
        lost = after.lost;
    }
    EXPECT(published > 0);
    return 0;
}

/* Workers that come and go at once, more often than there are slots; each counts one visit. */
static int try_crowd(int workers) {
    tpc_server_counters *counters = make(SLOTS);
    for (int i = 0; i < workers; i += SLOTS) {
        pid_t crowd[SLOTS];
        for (int k = 0; k < SLOTS; k++) {
            crowd[k] = fork();
            EXPECT(crowd[k] >= 0);
            if (crowd[k] != 0) continue;
            tpc_server_slot *slot = tpc_server_counters_claim(counters);
            EXPECT(slot != NULL);
            publish(slot, 1);
            if ((i + k) % 2) raise(SIGKILL);
            tpc_stats stats = stats_of(1);
            tpc_server_counters_closed(&stats, 2);
            tpc_server_counters_release(slot, &stats, &(tpc_server_module_counters){.errors = 1, .clientless = 1});
            _exit(0);
        }
        for (int k = 0; k < SLOTS; k++) {
            int ended;
            EXPECT(waitpid(crowd[k], &ended, 0) == crowd[k]);
            EXPECT(WIFSIGNALED(ended) || WEXITSTATUS(ended) == 0);
        }
    }
    tpc_server_totals totals = sum(counters);
    uint64_t all = (uint64_t)((workers + SLOTS - 1) / SLOTS * SLOTS), killed = all / 2;
    EXPECT(totals.stats.accepted == all && totals.module.errors == all);
    EXPECT(totals.lost == 2 * killed && totals.stats.abandoned == 2 * (all - killed));
    return 0;
}

/* The gauges are those of the living; what a dead worker had in its spool is not lost. */
static int try_ends(void) {
    tpc_server_counters *counters = make(2);
    tpc_server_module_counters none = {0};
    tpc_server_slot *slot = tpc_server_counters_claim(counters), *second = tpc_server_counters_claim(counters);
    EXPECT(slot != NULL && second != NULL && tpc_server_counters_claim(counters) == NULL);
    tpc_stats stats = {.size = sizeof stats, .accepted = 7, .pending = 7, .queue_bytes = 70, .in_flight = 1, .spool_bytes = 4096,
                       .unspooled = 3};
    tpc_server_counters_publish(slot, &stats, &none);
    tpc_server_totals totals = sum(counters);
    EXPECT(totals.workers == 2 && totals.stats.pending == 7 && totals.stats.queue_bytes == 70 && totals.lost == 0);
    /* Without a close, as if the worker had been killed: 3 of the 7 were in memory only. */
    tpc_server_counters_release(slot, &stats, &none);
    totals = sum(counters);
    EXPECT(totals.workers == 1 && totals.lost == 3 && totals.stats.spooled == 4 && totals.stats.pending == 0);
    EXPECT(totals.stats.queue_bytes == 0 && totals.stats.in_flight == 0 && totals.stats.spool_bytes == 0);
    tpc_stats closed = stats;
    tpc_server_counters_closed(&closed, 3);
    EXPECT(closed.pending == 0 && closed.abandoned == 3 && closed.spooled == 4 && closed.spool_bytes == 0);
    /* A library that knows fewer counters: the others are nothing. */
    stats = stats_of(5);
    stats.size = offsetof(tpc_stats, requests);
    tpc_server_counters_publish(second, &stats, &none);
    totals = sum(counters);
    EXPECT(totals.stats.accepted == 12 && totals.stats.requests == 0 && totals.stats.size == sizeof stats);
    return 0;
}

/* A process that is gone, one that has its id, and one that nobody has waited for. */
static int try_identity(void) {
    uint64_t self = tpc_server_process_identity();
    EXPECT(self != 0 && tpc_server_process_lives(self));
    EXPECT(!tpc_server_process_lives(self + (UINT64_C(1) << 32)));
    int ends[2];
    EXPECT(pipe(ends) == 0);
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        uint64_t identity = tpc_server_process_identity();
        _exit(write(ends[1], &identity, sizeof identity) != sizeof identity);
    }
    uint64_t identity;
    EXPECT(read(ends[0], &identity, sizeof identity) == sizeof identity);
    siginfo_t about;
    EXPECT(waitid(P_PID, (id_t)child, &about, WEXITED | WNOWAIT) == 0);
    EXPECT(!tpc_server_process_lives(identity)); /* a zombie */
    EXPECT(waitpid(child, NULL, 0) == child && !tpc_server_process_lives(identity));
    return 0;
}

/* Memory of a reload keeps its counters; that of another layout is refused. */
static int try_memory(void) {
    size_t size = tpc_server_counters_size(2);
    void *memory = shared(size);
    EXPECT(tpc_server_counters_begin(memory, tpc_server_counters_size(1) - 1) == NULL);
    tpc_server_counters *counters = tpc_server_counters_begin(memory, size);
    publish(tpc_server_counters_claim(counters), 4);
    EXPECT(tpc_server_counters_begin(memory, size) == counters && sum(counters).stats.accepted == 4);
    EXPECT(tpc_server_counters_begin(memory, tpc_server_counters_size(1)) == NULL);
    *(uint64_t *)memory += 8;
    EXPECT(tpc_server_counters_begin(memory, size) == NULL);
    return 0;
}

int main(int count, char **arguments) {
    const char *what = count == 3 ? arguments[1] : "";
    int workers = count == 3 ? atoi(arguments[2]) : 0;
    if (strcmp(what, "kills") == 0) return try_kills(workers);
    if (strcmp(what, "crowd") == 0) return try_crowd(workers);
    if (strcmp(what, "ends") == 0) return try_ends();
    if (strcmp(what, "identity") == 0) return try_identity();
    if (strcmp(what, "memory") == 0) return try_memory();
    return 2;
}
