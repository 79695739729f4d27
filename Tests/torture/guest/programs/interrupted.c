/*
 * A host whose signal handler interrupts track at each of its steps in turn: each time that the library allocates or frees
 * memory, or takes or releases a lock. "close" closes the client in the handler, as Apache's prefork does: nothing is locked,
 * allocated or freed there, and the call comes back. "fork" forks in it: parent and child return into the track, and each goes on.
 *
 *     interrupted close|fork LEAST_STEPS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>

enum { PATIENCE = 60000 };

/* glibc's own, under the names that it exports for this purpose. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

static _Thread_local volatile int is_tracking, is_handling;
static volatile long step, wanted, touched;
static volatile int is_forking, is_second;
static tpc_client *client;
static tpc_event *event;
static pid_t child;

static void reach(void) {
    if (is_handling) touched++;
    else if (is_tracking && ++step == wanted) raise(SIGUSR1);
}

void *malloc(size_t size) {
    reach();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    reach();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    reach();
    return __libc_realloc(memory, size);
}

void free(void *memory) {
    reach();
    __libc_free(memory);
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    int result = real(mutex);
    reach();
    return result;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) {
    static int (*real)(pthread_mutex_t *);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
    reach();
    return real(mutex);
}

static void close_here(void) {
    size_t left;
    tpc_stats stats;
    tpc_report *report;
    CHECK(tpc_client_track(client, event, NULL) == TPC_ERROR_SYSTEM);
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_ERROR_SYSTEM);
    CHECK(tpc_client_flush(client, 0, &left) == TPC_ERROR_TIMEOUT);
    CHECK(tpc_client_poll(client, 0, &report) == TPC_ERROR_TIMEOUT && report == NULL);
    CHECK(tpc_client_report_descriptor(client) == -1);
    CHECK(tpc_client_close(client, 2, &left) == TPC_ERROR_TIMEOUT);
    CHECK(tpc_client_close(client, 2, &left) == TPC_ERROR_CLOSED);
}

static void handle(int number) {
    int saved = errno;
    (void)number;
    is_handling = 1;
    if (is_forking) {
        /* The C library's fork takes locks of its own. */
        is_handling = is_tracking = 0;
        CHECK((child = fork()) >= 0);
        /* A child that hangs ends by SIGALRM. */
        if (child == 0) alarm(30);
        is_tracking = child != 0;
    } else {
        close_here();
    }
    is_handling = 0;
    errno = saved;
}

static void be_child(void) {
    CHECK(client_stats(client).accepted == 0);
    CHECK(client_track(client, is_second ? "second-child" : "child", wanted) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    exit(0);
}

/* Interrupts a client's first track, or with `is_second` the next one, at the step of this number. */
static int interrupt(long number) {
    client = client_open();
    child = -1;
    if (is_second) CHECK(client_track(client, is_forking ? "first" : "closed", number) == TPC_OK);
    step = 0;
    wanted = number;
    is_tracking = 1;
    int32_t status = tpc_client_track(client, event, NULL);
    is_tracking = 0;
    CHECK(status == TPC_OK || !is_forking || child == 0);
    if (step < wanted) {
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
        return 0;
    }
    if (is_forking) {
        if (child == 0) be_child();
        CHECK(waitpid(child, &status, 0) == child && status == 0);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    } else {
        CHECK(tpc_client_track(client, event, NULL) == TPC_ERROR_CLOSED);
        CHECK(touched == 0);
    }
    await_threads(1);
    return 1;
}

int main(int count, char **arguments) {
    struct sigaction action = {.sa_handler = handle};
    long steps = 0;
    CHECK(count == 3);
    is_forking = strcmp(arguments[1], "fork") == 0;
    sigemptyset(&action.sa_mask);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    event = tpc_event_new();
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/", TPC_NTS, NULL) == TPC_OK);
    for (is_second = 0; is_second < 2; is_second++)
        for (long number = 1; interrupt(number); number++) steps++;
    CHECK(steps >= atol(arguments[2]));
    tpc_event_free(event);
    printf("{\"steps\": %ld}\n", steps);
    return 0;
}
