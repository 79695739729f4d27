/*
 * A host whose thread is kept in a track, by a signal handler that does not return for long: with the client's lock or without it.
 * Flush and close on another thread come back in their time all the same, and when the thread goes on, nothing is left of the
 * client. While it does, other threads hammer the token.
 *
 *     stuck_caller HAMMERING_THREADS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

extern void *__libc_malloc(size_t);

static _Thread_local volatile int stops_in_lock, stops_in_malloc;
static sem_t stuck, goes_on;
static tpc_client *client;
static atomic_int stop, hammering;
static long tracked;

static void handle(int number) {
    (void)number;
    sem_post(&stuck);
    while (sem_wait(&goes_on) != 0) continue;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    int result = real(mutex);
    if (stops_in_lock && stops_in_lock-- == 1) raise(SIGUSR1);
    return result;
}

void *malloc(size_t size) {
    if (stops_in_malloc && stops_in_malloc-- == 1) raise(SIGUSR1);
    return __libc_malloc(size);
}

static void *get_stuck(void *holds_lock) {
    tpc_event *event = tpc_event_new();
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/", TPC_NTS, NULL) == TPC_OK);
    *(holds_lock ? &stops_in_lock : &stops_in_malloc) = 1;
    int32_t status = tpc_client_track_json(client, "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"}}",
                                           TPC_NTS, NULL);
    CHECK(status == TPC_OK || status == TPC_ERROR_CLOSED);
    stops_in_lock = stops_in_malloc = 0;
    tpc_event_free(event);
    return NULL;
}

static void *hammer(void *unused) {
    tpc_stats stats;
    atomic_fetch_add(&hammering, 1);
    while (!atomic_load(&stop)) tpc_client_stats(client, &stats, sizeof stats);
    return unused;
}

static void run(int holds_lock, int threads_wanted) {
    pthread_t stuck_thread, others[64];
    size_t left;
    client = client_open();
    CHECK(client_track(client, "stuck", tracked++) == TPC_OK);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    atomic_store(&stop, 0);
    atomic_store(&hammering, 0);
    for (int number = 0; number < threads_wanted; number++) CHECK(pthread_create(&others[number], NULL, hammer, NULL) == 0);
    while (atomic_load(&hammering) < threads_wanted) sched_yield();
    CHECK(pthread_create(&stuck_thread, NULL, get_stuck, holds_lock ? "holds" : NULL) == 0);
    while (sem_wait(&stuck) != 0) continue;
    int32_t flushed = tpc_client_flush(client, 0, &left);
    CHECK(flushed == (holds_lock ? TPC_ERROR_TIMEOUT : TPC_OK));
    int32_t closed = tpc_client_close(client, 0, &left);
    CHECK(closed == (holds_lock ? TPC_ERROR_TIMEOUT : TPC_OK));
    CHECK(tpc_client_close(client, 0, &left) == TPC_ERROR_CLOSED);
    /* The slot is not free before that thread has left it. */
    tpc_client *other = client_open();
    CHECK(other != client && client_track(other, "stuck", tracked++) == TPC_OK);
    CHECK(tpc_client_close(other, 60000, NULL) == TPC_OK);
    CHECK(sem_post(&goes_on) == 0);
    CHECK(pthread_join(stuck_thread, NULL) == 0);
    atomic_store(&stop, 1);
    for (int number = 0; number < threads_wanted; number++) CHECK(pthread_join(others[number], NULL) == 0);
    await_threads(1);
}

int main(int count, char **arguments) {
    struct sigaction action = {.sa_handler = handle};
    CHECK(count == 2 && atoi(arguments[1]) <= 64);
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(sem_init(&stuck, 0, 0) == 0 && sem_init(&goes_on, 0, 0) == 0);
    run(0, 0);
    /* Others would wait for the lock, too. */
    run(1, 0);
    int before = descriptors();
    run(0, atoi(arguments[1]));
    CHECK(descriptors() == before);
    return 0;
}
