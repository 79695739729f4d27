/*
 * A fork whose handlers are under way when another thread begins with its first use of the library, and that copies the process
 * while that thread sets libcurl up: the library's own handler was registered too late to be called. The child is refused a
 * client, and does not hang.
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

static void prepare(void) {
    forks = 1;
    while (!stands) sched_yield();
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

int main(void) {
    pthread_t making;
    int status;
    CHECK(pthread_atfork(prepare, NULL, NULL) == 0);
    CHECK(pthread_create(&making, NULL, make, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        tpc_client *client;
        /* One that hangs ends by SIGALRM. */
        alarm(60);
        for (int turn = 0; turn < 2; turn++) CHECK(tpc_client_new(NULL, &client, NULL) == TPC_ERROR_SYSTEM);
        _exit(0);
    }
    goes_on = 1;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(pthread_join(making, NULL) == 0);
    return 0;
}
