/*
 * A host with a lock that it makes safe for forks as POSIX advises: pthread_atfork's handlers take and release it. A thread that
 * holds it makes clients, tracks and closes while another forks, whose handler waits for that lock: in the first turn from when
 * the library registers its own handlers on, then from before a client is made and from before it is closed. The host hangs if a
 * call waits for the fork without a bound.
 *
 *     fork_safe_lock TURNS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int forks_begun;

static void prepare(void) {
    atomic_fetch_add(&forks_begun, 1);
    CHECK(pthread_mutex_lock(&lock) == 0);
}
static void unlock(void) { CHECK(pthread_mutex_unlock(&lock) == 0); }

static void *fork_once(void *unused) {
    int status;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return unused;
}

static pthread_t start_fork(void) {
    pthread_t forking;
    int before = atomic_load(&forks_begun);
    CHECK(pthread_create(&forking, NULL, fork_once, NULL) == 0);
    while (atomic_load(&forks_begun) == before) sched_yield();
    return forking;
}

/* OpenSSL registers a handler, too, with a lock of the C library's that is held (before glibc 2.37) while handlers run. Done before,
 * if libcurl has it. */
extern int OPENSSL_init_crypto(uint64_t options, const void *settings) __attribute__((weak));

static int is_counting, registrations;
static pthread_t first_fork;

/* What pthread_atfork calls. The gate's handler is the library's second one, after the one that notices forks. */
int __register_atfork(void (*before)(void), void (*parent)(void), void (*child)(void), void *object) {
    static int (*real)(void (*)(void), void (*)(void), void (*)(void), void *);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "__register_atfork");
    int result = real(before, parent, child, object);
    if (is_counting && ++registrations == 2) first_fork = start_fork();
    return result;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    if (OPENSSL_init_crypto != NULL) OPENSSL_init_crypto(0x00020000, NULL);
    CHECK(pthread_atfork(prepare, unlock, unlock) == 0);
    is_counting = 1;
    for (int turn = 0; turn < atoi(arguments[1]); turn++) {
        pthread_t forking = 0;
        CHECK(pthread_mutex_lock(&lock) == 0);
        if (turn % 2 == 0 && turn > 0) forking = start_fork();
        tpc_client *client = client_open();
        if (turn == 0) forking = first_fork;
        CHECK(client_track(client, "locked", turn) == TPC_OK);
        if (turn % 2 == 1) {
            CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
            forking = start_fork();
        }
        /* The sender is kept out of libcurl by the fork, which waits for this thread. */
        int32_t status = tpc_client_close(client, 0, NULL);
        CHECK(status == TPC_OK || status == TPC_ERROR_TIMEOUT);
        CHECK(pthread_mutex_unlock(&lock) == 0);
        CHECK(pthread_join(forking, NULL) == 0);
        await_threads(1);
    }
    CHECK(registrations >= 2);
    return 0;
}
