/*
 * append.c - what a call of tpc_client_track takes with a spool, beside one without and beside a plain program's append.
 *
 * In each round, every kind has a chunk of calls with a clock around each, one chunk right after the other; the endpoint does not
 * answer meanwhile, so that the sender sleeps. After the round it answers all, so that the next one finds the queue empty and the
 * segment drained: the library begins it anew, and so does the plain program its file. All processes begin a chunk together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/measure.h"
#include "../reference/plain_spool.h"
#include "gate.h"
#include "spool.h"

enum kind { PLAIN, WITHOUT, WITH, KINDS };
static const char *const names[KINDS] = {"plain", "without", "with"};

struct worker {
    struct gate gate;
    struct plain_spool plain;
    tpc_client *clients[KINDS];
    tpc_event *event;
    struct visit visit;
    unsigned number;
    char json[2048];
};

/* Shared by the processes. */
struct board {
    pthread_barrier_t barrier;
    uint64_t samples[]; /* by kind, round, process and event */
};

static void open_worker(struct worker *worker, const char *folder, const char *url) {
    /* One request, so that the sender has nothing to do once that one waits. */
    const char *options[] = {"base_url", url, "max_in_flight", "1", "queue_max_bytes", "67108864",
                             "request_timeout_ms", "600000", "delivery_timeout_ms", "600000", "spool_directory", folder, NULL};
    worker->clients[WITH] = open_client_with(options);
    options[10] = NULL;
    worker->clients[WITHOUT] = open_client_with(options);
    worker->event = tpc_event_new();
    plain_spool_open(&worker->plain, folder);
}

static void close_worker(struct worker *worker) {
    for (enum kind kind = WITHOUT; kind < KINDS; kind++) {
        tpc_stats stats;
        require(tpc_client_stats(worker->clients[kind], &stats, sizeof stats), "tpc_client_stats", NULL);
        if (stats.unspooled) fprintf(stderr, "spool: %llu events were not on disk\n", (unsigned long long)stats.unspooled);
        tpc_client_close(worker->clients[kind], 0, NULL);
    }
    tpc_event_free(worker->event);
    plain_spool_close(&worker->plain);
}

/* What comes before the clock: the body that the plain program writes, or the event that is tracked. */
static size_t prepare(struct worker *worker, enum kind kind) {
    visit_make(&worker->visit, worker->number++);
    if (kind == PLAIN) {
        visit_add_sdk(&worker->visit);
        return visit_json(&worker->visit, worker->json, sizeof worker->json);
    }
    tpc_event_clear(worker->event);
    fill_event(worker->event, &worker->visit, 0);
    return 0;
}

static void run(struct worker *worker, enum kind kind, size_t length) {
    if (kind == PLAIN) plain_spool_append(&worker->plain, worker->json, length);
    else require(tpc_client_track(worker->clients[kind], worker->event, NULL), "tpc_client_track", NULL);
}

/* First events, of which one is sent and waits for its answer; and a file that begins anew. */
static void get_ready(struct worker *worker, enum kind kind) {
    tpc_stats stats = {0};
    if (kind == PLAIN) {
        plain_spool_rewind(&worker->plain);
        return;
    }
    for (int i = 0; i < 3; i++) {
        prepare(worker, kind);
        run(worker, kind, 0);
    }
    for (int i = 0; stats.in_flight == 0; i++) {
        if (i == 20000) {
            fprintf(stderr, "spool: no request was under way after 20 s\n");
            exit(1);
        }
        usleep(1000);
        require(tpc_client_stats(worker->clients[kind], &stats, sizeof stats), "tpc_client_stats", NULL);
    }
    usleep(2000);
}

static void deliver(struct worker *worker) {
    gate_open(&worker->gate);
    for (enum kind kind = WITHOUT; kind < KINDS; kind++)
        require(tpc_client_flush(worker->clients[kind], 60000, NULL), "tpc_client_flush", NULL);
    usleep(20000); /* until the last ends are noted on disk */
    gate_close(&worker->gate);
}

static void run_chunk(struct worker *worker, enum kind kind, const struct spool_arguments *arguments, uint64_t *samples) {
    uint64_t next = wall_nanoseconds();
    for (unsigned i = 0; i < arguments->count; i++) {
        if (arguments->pause) {
            next += arguments->pause * 1000ull;
            struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
            while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) continue;
        }
        size_t length = prepare(worker, kind);
        uint64_t start = wall_nanoseconds();
        run(worker, kind, length);
        samples[i] = wall_nanoseconds() - start;
    }
}

static size_t samples_of(const struct spool_arguments *arguments, enum kind kind, unsigned round) {
    return ((size_t)kind * arguments->rounds + round) * arguments->processes * arguments->count;
}

static int work(const struct spool_arguments *arguments, struct board *board, unsigned process) {
    static struct worker worker;
    gate_start(&worker.gate);
    open_worker(&worker, arguments->folder, worker.gate.url);
    for (unsigned round = 0; round < arguments->rounds; round++) {
        for (enum kind kind = PLAIN; kind < KINDS; kind++) get_ready(&worker, kind);
        for (unsigned turn = 0; turn < KINDS; turn++) {
            enum kind kind = (enum kind)((round + turn) % KINDS);
            pthread_barrier_wait(&board->barrier);
            run_chunk(&worker, kind, arguments, board->samples + samples_of(arguments, kind, round) + process * arguments->count);
        }
        pthread_barrier_wait(&board->barrier);
        deliver(&worker);
    }
    close_worker(&worker);
    gate_end(&worker.gate);
    return 0;
}

static uint64_t clock_cost(void) {
    static uint64_t samples[10001];
    for (size_t i = 0; i < 10001; i++) {
        uint64_t start = wall_nanoseconds();
        samples[i] = wall_nanoseconds() - start;
    }
    sort_nanoseconds(samples, 10001);
    return samples[5000];
}

/* For each kind: the median of every round, and percentiles of all. */
static void print_samples(const struct spool_arguments *arguments, struct board *board) {
    size_t each = (size_t)arguments->processes * arguments->count, all = each * arguments->rounds;
    for (enum kind kind = PLAIN; kind < KINDS; kind++) {
        uint64_t *samples = board->samples + samples_of(arguments, kind, 0);
        printf("%s\"%s\": {\"medians\": [", kind ? ", " : "{", names[kind]);
        for (unsigned round = 0; round < arguments->rounds; round++) {
            sort_nanoseconds(samples + round * each, each);
            printf("%s%llu", round ? ", " : "", (unsigned long long)percentile(samples + round * each, each, 0.5));
        }
        sort_nanoseconds(samples, all);
        printf("], \"p50\": %llu, \"p90\": %llu, \"p99\": %llu}", (unsigned long long)percentile(samples, all, 0.5),
               (unsigned long long)percentile(samples, all, 0.9), (unsigned long long)percentile(samples, all, 0.99));
    }
    printf(", \"clock\": %llu}\n", (unsigned long long)clock_cost());
}

int measure_append(const struct spool_arguments *arguments) {
    size_t size = sizeof(struct board) + samples_of(arguments, KINDS, 0) * sizeof(uint64_t);
    struct board *board = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    pthread_barrierattr_t shared;
    pid_t processes[256];
    int status, failed = 0;

    if (board == MAP_FAILED || arguments->processes > 256) return 1;
    pthread_barrierattr_init(&shared);
    pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(&board->barrier, &shared, arguments->processes);
    for (unsigned i = 0; i < arguments->processes; i++) {
        processes[i] = fork();
        if (processes[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            exit(work(arguments, board, i));
        }
    }
    /* The others would wait for one that failed. */
    for (unsigned i = 0; i < arguments->processes; i++) {
        if (wait(&status) > 0 && status == 0) continue;
        failed = 1;
        for (unsigned j = 0; j < arguments->processes; j++) kill(processes[j], SIGKILL);
    }
    if (!failed) print_samples(arguments, board);
    return failed;
}

int measure_instructions(const struct spool_arguments *arguments) {
    static struct worker worker;
    char url[40];
    int listener = listen_only(url);
    open_worker(&worker, arguments->folder, url);
    for (enum kind kind = PLAIN; kind < KINDS; kind++) {
        if (strcmp(names[kind], arguments->kind) != 0) continue;
        get_ready(&worker, kind);
        size_t length = prepare(&worker, kind);
        for (unsigned i = 0; i < arguments->count; i++) run(&worker, kind, length);
    }
    close_worker(&worker);
    close(listener);
    printf("{}\n");
    return 0;
}
