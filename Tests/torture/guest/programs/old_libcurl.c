/*
 * A host that forks beside a libcurl that waits for its resolver within curl_multi_perform (before 7.87), with a resolver that
 * never answers. The first fork may be held up for a moment; those that follow are not held up by the same sender again.
 *
 *     old_libcurl FORKS
 *
 * What is counted is how often the library sleeps in a fork: that is bounded however slow the machine is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include "client.h"
#include <dlfcn.h>
#include <netdb.h>
#include <stdarg.h>
#include <sys/wait.h>

enum { QUICK_EXIT = 322, UNKNOWN_OPTION = 48, MANY = 8, FEW = 40 };

static _Thread_local volatile int is_forking;
static volatile int sleeps;

int curl_easy_setopt(void *handle, int option, ...) {
    static int (*real)(void *, int, ...);
    va_list arguments;
    va_start(arguments, option);
    void *value = va_arg(arguments, void *);
    va_end(arguments);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "curl_easy_setopt");
    return option == QUICK_EXIT ? UNKNOWN_OPTION : real(handle, option, value);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    if (strcmp(node, "stuck.example") == 0)
        for (;;) pause();
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(node, service, hints, result);
}

int nanosleep(const struct timespec *time, struct timespec *left) {
    if (is_forking) sleeps++;
    return clock_nanosleep(CLOCK_REALTIME, 0, time, left);
}

/* How often the library slept in it. */
static int fork_once(void) {
    int status;
    sleeps = 0;
    is_forking = 1;
    pid_t child = fork();
    is_forking = 0;
    CHECK(child >= 0);
    if (child == 0) _exit(0);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return sleeps;
}

static tpc_client *open_stuck(void) {
    tpc_client *client;
    tpc_options *options = tpc_options_new();
    CHECK(tpc_options_load_environment(options, NULL) == TPC_OK);
    CHECK(tpc_options_set(options, "base_url", TPC_NTS, "https://stuck.example", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_options_set(options, "connect_timeout_ms", TPC_NTS, "1", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_client_new(options, &client, NULL) == TPC_OK);
    tpc_options_free(options);
    return client;
}

int main(int count, char **arguments) {
    size_t left;
    int worst = 0;
    CHECK(count == 2);
    tpc_client *working = client_open();
    CHECK(client_track(working, "working", 0) == TPC_OK && tpc_client_close(working, 60000, NULL) == TPC_OK);
    tpc_client *client = open_stuck();
    CHECK(client_track(client, "stuck", 0) == TPC_OK);
    /* The sender is stuck when a fork waits for it. */
    while (fork_once() < MANY) continue;
    for (int number = 0; number < atoi(arguments[1]); number++) {
        int slept = fork_once();
        if (slept > worst) worst = slept;
    }
    CHECK(worst >= MANY && worst <= FEW);
    CHECK(tpc_client_close(client, 0, &left) == TPC_ERROR_TIMEOUT && left == 1);
    return 0;
}
