/*
 * A fork whose handlers are under way when another thread makes the first client.
 *
 *     late_fork            The library was never used before, so its own handler is registered too late to be called, and the
 *                          process is copied while libcurl is being set up. The child is refused a client, and does not hang.
 *     late_fork after-use  It was used before, so it knows of the fork and sets libcurl up afterwards. The child gets a client.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include <sys/wait.h>

enum { PATIENCE = 60000 };

/* glibc's own, under the name that it exports for this purpose. */
extern void *__libc_malloc(size_t);

static _Thread_local int is_making;
static atomic_int forks, stands, goes_on;
static int was_used;

/* The making thread is held in an allocation of OpenSSL's, which has only just begun. */
void *malloc(size_t size) {
    static int count;
    Dl_info object;
    if (is_making && dladdr(__builtin_return_address(0), &object) != 0 && strstr(object.dli_fname, "/libcrypto.") != NULL &&
        ++count == 100) {
        stands = 1;
        while (!goes_on) sched_yield();
    }
    return __libc_malloc(size);
}

/* Where the library knows of the fork, nobody stands: this handler goes on long before the library loses its patience. */
static void prepare(void) {
    struct timespec moment = {0, 1000000};
    forks = 1;
    for (int turn = 0; !stands && !(was_used && turn == 100); turn++) nanosleep(&moment, NULL);
}

static void *make(void *unused) {
    while (!forks) sched_yield();
    is_making = 1;
    tpc_client *client = client_open();
    is_making = 0;
    CHECK(client_track(client, "parent", 0) == TPC_OK);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    return unused;
}

static void be_child(void) {
    tpc_client *client;
    /* One that hangs ends by SIGALRM. */
    alarm(60);
    if (was_used) {
        client = client_open();
        CHECK(client_track(client, "child", 0) == TPC_OK);
        CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    } else {
        for (int turn = 0; turn < 2; turn++) CHECK(tpc_client_new(NULL, &client, NULL) == TPC_ERROR_SYSTEM);
    }
    _exit(0);
}

/* A client that sends nothing does not set libcurl up. */
static void use(void) {
    tpc_client *client;
    tpc_options *options = tpc_options_new();
    CHECK(tpc_options_set(options, "enabled", TPC_NTS, "false", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_client_new(options, &client, NULL) == TPC_OK);
    tpc_options_free(options);
    CHECK(tpc_client_close(client, 0, NULL) == TPC_OK);
}

int main(int count, char **arguments) {
    pthread_t making;
    int status;
    was_used = count == 2 && strcmp(arguments[1], "after-use") == 0;
    CHECK(count == 1 || was_used);
    CHECK(pthread_atfork(prepare, NULL, NULL) == 0);
    if (was_used) use();
    CHECK(pthread_create(&making, NULL, make, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) be_child();
    goes_on = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(pthread_join(making, NULL) == 0);
    return 0;
}
