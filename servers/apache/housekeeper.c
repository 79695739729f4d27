/*
 * The housekeeper's thread.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "housekeeper.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <time.h>

/* What flush and close may wait for a lock beyond their limit, and what the last lines take. */
#define MARGIN_MILLISECONDS 1000
#define LINE_CAPACITY 512

enum { NO_THREAD, STARTING, RUNNING, REFUSED };

static struct {
    tpc_client *client;
    tpc_server_slot *slot;
    server_rec *server;
    int32_t timeout; /* milliseconds, for the end */
    sem_t wake;
    int thread; /* one of the above */
    int awake;  /* whether the thread looks again by itself */
    int ending;
    int ended;
} keeper;

#define LOAD(member) __atomic_load_n(&keeper.member, __ATOMIC_SEQ_CST)
#define STORE(member, value) __atomic_store_n(&keeper.member, value, __ATOMIC_SEQ_CST)

static void log_lines(void)
{
    static const struct {
        const char *prefix;
        int level;
    } levels[] = { { "error: ", APLOG_ERR }, { "warn: ", APLOG_WARNING }, { "info: ", APLOG_INFO }, { "debug: ", APLOG_DEBUG } };
    char line[LINE_CAPACITY];
    size_t length, i;

    while (tpc_log_take(line, sizeof(line), &length) == TPC_OK && length > 0) {
        const char *text = line;
        int level = APLOG_WARNING;

        for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
            if (strncmp(line, levels[i].prefix, strlen(levels[i].prefix)) == 0) {
                level = levels[i].level;
                text = line + strlen(levels[i].prefix);
            }
        }
        ap_log_error(APLOG_MARK, level, 0, keeper.server, "%s", text);
    }
}

/* Returns whether anything has changed since the last look, or still will. */
static int look(tpc_stats *stats)
{
    static tpc_stats published;
    static tpc_server_module_counters module_published;
    tpc_server_module_counters module;
    int changed;

    log_lines();
    memset(stats, 0, sizeof(*stats));
    if (keeper.client != NULL)
        tpc_client_stats(keeper.client, stats, sizeof(*stats));
    tpc_apache_client_counters(&module, stats);
    changed = memcmp(stats, &published, sizeof(published)) != 0
        || memcmp(&module, &module_published, sizeof(module_published)) != 0;
    if (changed && keeper.slot != NULL)
        tpc_server_counters_publish(keeper.slot, stats, &module);
    published = *stats;
    module_published = module;
    return changed || stats->pending > 0;
}

/* Returns after a second, or when somebody wakes the thread up. */
static void wait_second(void)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec++;
    sem_clockwait(&keeper.wake, CLOCK_MONOTONIC, &end);
}

static int64_t milliseconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * First flush, so that the counters are nearly final when they are read: the closed client no longer says them. Then close
 * with what is left of the time, since other threads' requests may still bring visits.
 */
static void close_client(void)
{
    int64_t deadline = milliseconds_now() + keeper.timeout, left;
    tpc_server_module_counters module;
    size_t undelivered = 0;
    tpc_stats stats;

    memset(&stats, 0, sizeof(stats));
    if (keeper.client != NULL) {
        tpc_client_flush(keeper.client, keeper.timeout, NULL);
        look(&stats);
        left = deadline - milliseconds_now();
        tpc_client_close(keeper.client, left > 0 ? (int32_t)left : 0, &undelivered);
        tpc_server_counters_closed(&stats, undelivered);
    }
    tpc_apache_client_counters(&module, NULL);
    if (keeper.slot != NULL)
        tpc_server_counters_release(keeper.slot, &stats, &module);
    log_lines();
    if (undelivered > 0)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, keeper.server,
                     "%" APR_SIZE_T_FMT " visits were not delivered before this child ended", undelivered);
}

static void *keep_house(void *unused)
{
    tpc_stats stats;

    while (!LOAD(ending)) {
        if (look(&stats)) {
            wait_second();
            continue;
        }
        /* Whoever comes after this wakes the thread up; whoever came before is seen by this look. */
        STORE(awake, 0);
        if (!look(&stats) && !LOAD(ending))
            while (sem_wait(&keeper.wake) != 0) {}
        STORE(awake, 1);
    }
    close_client();
    STORE(ended, 1);
    return unused;
}

void tpc_apache_housekeeper_begin(tpc_client *client, tpc_server_slot *slot, int32_t shutdown_timeout,
                                  server_rec *server)
{
    keeper.client = client;
    keeper.slot = slot;
    keeper.server = server;
    keeper.timeout = shutdown_timeout;
    sem_init(&keeper.wake, 0, 0);
    log_lines();
}

/* With all signals blocked, for the new thread inherits that: httpd's own have to reach httpd's threads. */
static void start_thread(void)
{
    int expected = NO_THREAD;
    sigset_t all, before;
    pthread_t thread;
    int failed;

    if (!__atomic_compare_exchange_n(&keeper.thread, &expected, STARTING, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    STORE(awake, 1);
    failed = pthread_create(&thread, NULL, keep_house, NULL);
    if (failed == 0)
        pthread_detach(thread);
    STORE(thread, failed == 0 ? RUNNING : REFUSED);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        ap_log_error(APLOG_MARK, APLOG_ERR, failed, keeper.server,
                     "no thread for the log lines and counters; visits are sent without them");
}

void tpc_apache_housekeeper_start(void)
{
    if (LOAD(thread) == NO_THREAD)
        start_thread();
}

void tpc_apache_housekeeper_wake(void)
{
    if (LOAD(thread) == RUNNING && !LOAD(awake) && !__atomic_exchange_n(&keeper.awake, 1, __ATOMIC_SEQ_CST))
        sem_post(&keeper.wake);
}

void tpc_apache_housekeeper_end(void)
{
    int64_t deadline = milliseconds_now() + keeper.timeout + MARGIN_MILLISECONDS;
    int thread = LOAD(thread);

    /* Without a visit there is nothing to deliver, and what the child holds ends with it. */
    if (thread == NO_THREAD)
        return;
    if (thread != RUNNING) {
        close_client();
        return;
    }
    STORE(ending, 1);
    sem_post(&keeper.wake);
    while (!LOAD(ended) && milliseconds_now() < deadline)
        poll(NULL, 0, 2);
}
