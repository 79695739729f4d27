/*
 * Ends in the way that its first argument names, with 20 events tracked.
 *
 *     ending WAY
 *
 * Says "tracked" when it has, and ends the way its argument says; those that wait for a signal say "waiting".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static tpc_client *client;
static volatile sig_atomic_t is_told_to_end;

static void by_return(void) {}
static void by_exit(void) { exit(7); }
static void by__exit(void) { _exit(7); }
static void by_quick_exit(void) { quick_exit(7); }
static void by_abort(void) { abort(); }
static void by_kill(void) { raise(SIGKILL); }
static void by_a_fault(void) { raise(SIGSEGV); }

static void *exit_here(void *context) {
    (void)context;
    exit(7);
}

static void by_exit_in_a_thread(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, exit_here, NULL) == 0);
    pthread_join(thread, NULL);
}

static void note(int number) {
    (void)number;
    is_told_to_end = 1;
}

static void exit_in_handler(int number) {
    (void)number;
    exit(7);
}

static void wait_for_signal(void (*handler)(int)) {
    CHECK(signal(SIGTERM, handler) != SIG_ERR);
    puts("waiting");
    fflush(stdout);
    while (!is_told_to_end) usleep(1000);
}

static void by_sigterm(void) { wait_for_signal(SIG_DFL); }
static void by_sigterm_that_is_noted(void) { wait_for_signal(note); }
static void by_exit_in_a_handler_of_sigterm(void) { wait_for_signal(exit_in_handler); }

static void *poll_for_ever(void *context) {
    (void)context;
    tpc_report *report;
    while (tpc_client_poll(client, 600000, &report) == TPC_OK) tpc_report_free(report);
    return NULL;
}

static void *flush_for_ever(void *context) {
    for (;;) tpc_client_flush(client, 600000, NULL);
    return context;
}

static void *track_for_ever(void *context) {
    for (;;) client_track(client, context, 0);
    return NULL;
}

/* Until the process ends far enough to refuse one. */
static void *make_clients_for_ever(void *context) {
    tpc_client *made;
    while (tpc_client_new(NULL, &made, NULL) == TPC_OK) {
        client_track(made, context, 0);
        tpc_client_close(made, 0, NULL);
    }
    return NULL;
}

static void start(void *(*work)(void *), void *context) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, context) == 0);
}

/* Other threads are in every call that waits, and in those that do not. */
static void by_exit_beside_busy_threads(void) {
    start(poll_for_ever, NULL);
    start(flush_for_ever, NULL);
    start(make_clients_for_ever, "made");
    exit(7);
}

static void by_exit_beside_threads_that_track(void) {
    start(track_for_ever, "first");
    start(track_for_ever, "second");
    exit(7);
}

static void by_exec(void) {
    execlp("sh", "sh", "-c", "exit 7", NULL);
    _exit(98);
}

/* A child that has used nothing ends as it likes, and the parent's events are still the parent's. */
static void by_exit_after_a_child_s(void) {
    pid_t child = fork();
    if (child == 0) exit(0);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    exit(7);
}

static void by_close_without_time(void) {
    size_t left;
    int32_t status = tpc_client_close(client, 0, &left);
    CHECK(status == (left ? TPC_ERROR_TIMEOUT : TPC_OK));
    printf("undelivered: %zu\n", left);
    exit(7);
}

int main(int count, char **arguments) {
#define WAY(name) {#name, name}
    static const struct {
        const char *name;
        void (*end)(void);
    } ways[] = {WAY(by_return), WAY(by_exit), WAY(by__exit), WAY(by_quick_exit), WAY(by_abort), WAY(by_kill), WAY(by_a_fault),
                WAY(by_exit_in_a_thread), WAY(by_sigterm), WAY(by_sigterm_that_is_noted),
                WAY(by_exit_in_a_handler_of_sigterm), WAY(by_exit_beside_busy_threads),
                WAY(by_exit_beside_threads_that_track), WAY(by_exec), WAY(by_exit_after_a_child_s), WAY(by_close_without_time)};
    CHECK(count == 2);
    client = client_open();
    for (int number = 0; number < 20; number++) CHECK(client_track(client, "end", number) == TPC_OK);
    puts("tracked");
    fflush(stdout);
    for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
        if (strcmp(arguments[1], ways[index].name) != 0) continue;
        ways[index].end();
        return 7;
    }
    CHECK(!"a way that it knows");
}
