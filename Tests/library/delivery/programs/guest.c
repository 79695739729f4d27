/*
 * Compares what a host has before and after, and while, a client delivers: handlers, mask, environment, locale,
 * directory, threads, errno, how many descriptors; or, with "descriptors", whether those that are open during the test end
 * with an exec. Ends with 0 when all is well.
 *
 *     guest TURNS|descriptors
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

extern char **environ;

static long tracked;

static void handler(int number) { (void)number; }

struct host {
    struct sigaction actions[65];
    sigset_t mask;
    char environment[65536], directory[4096], locale[256], open[1024];
    mode_t file_mask;
};

static void observe(struct host *host) {
    memset(host, 0, sizeof *host);
    for (int number = 1; number < 65; number++) sigaction(number, NULL, &host->actions[number]);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &host->mask) == 0);
    size_t used = 0;
    for (char **entry = environ; *entry != NULL; entry++) {
        size_t length = strlen(*entry) + 1;
        CHECK(used + length <= sizeof host->environment);
        memcpy(host->environment + used, *entry, length);
        used += length;
    }
    CHECK(getcwd(host->directory, sizeof host->directory) != NULL);
    snprintf(host->locale, sizeof host->locale, "%s", setlocale(LC_ALL, NULL));
    umask(host->file_mask = umask(0));
    for (int number = 0; number < (int)sizeof host->open; number++) host->open[number] = fcntl(number, F_GETFD) != -1;
}

static void expect_same(const struct host *before) {
    static struct host now;
    observe(&now);
    for (int number = 1; number < 65; number++) {
        CHECK(now.actions[number].sa_handler == before->actions[number].sa_handler);
        CHECK(now.actions[number].sa_flags == before->actions[number].sa_flags);
        const sigset_t *mask = &now.actions[number].sa_mask, *mask_before = &before->actions[number].sa_mask;
        for (int other = 1; other < 65; other++) CHECK(sigismember(mask, other) == sigismember(mask_before, other));
    }
    for (int number = 1; number < 65; number++)
        CHECK(sigismember(&now.mask, number) == sigismember(&before->mask, number));
    CHECK(memcmp(now.environment, before->environment, sizeof now.environment) == 0);
    CHECK(strcmp(now.directory, before->directory) == 0);
    CHECK(strcmp(now.locale, before->locale) == 0);
    CHECK(now.file_mask == before->file_mask);
}

/* Whatever was opened since is closed in a program that the host starts. */
static void expect_close_on_exec(const struct host *before) {
    for (int number = 0; number < (int)sizeof before->open; number++) {
        int flags = fcntl(number, F_GETFD);
        if (flags == -1 || before->open[number]) continue;
        if ((flags & FD_CLOEXEC) == 0) {
            char path[64], target[256];
            snprintf(path, sizeof path, "/proc/self/fd/%d", number);
            ssize_t length = readlink(path, target, sizeof target);
            fprintf(stderr, "descriptor %d stays open across exec: %.*s\n", number, (int)length, target);
            _exit(99);
        }
    }
}

/* The call, with an errno that it has to leave alone. */
#define KEEPS_ERRNO(call)                                                                                              \
    do {                                                                                                               \
        errno = 77;                                                                                                    \
        CHECK(call);                                                                                                   \
        CHECK(errno == 77);                                                                                            \
    } while (0)

static void deliver(int through_shared, const struct host *before) {
    tpc_client *client;
    tpc_report *report;
    KEEPS_ERRNO((through_shared ? tpc_client_shared : tpc_client_new)(NULL, &client, NULL) == TPC_OK);
    for (int number = 0; number < 100; number++) KEEPS_ERRNO(client_track(client, "guest", tracked++) == TPC_OK);
    KEEPS_ERRNO(tpc_client_report_descriptor(client) >= 0);
    expect_same(before);
    KEEPS_ERRNO(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    CHECK(client_stats(client).delivered == 100);
    CHECK(threads() == 2);
    expect_same(before);
    for (int number = 0; number < 100; number++) {
        KEEPS_ERRNO(tpc_client_poll(client, 0, &report) == TPC_OK && report != NULL);
        tpc_report_free(report);
    }
    /* Waits in vain. */
    KEEPS_ERRNO(tpc_client_poll(client, 1, &report) == TPC_OK && report == NULL);
    KEEPS_ERRNO(tpc_client_close(client, 60000, NULL) == TPC_OK);
    await_threads(1);
    expect_same(before);
}

static void expect_close_on_exec_while_delivering(const struct host *before) {
    tpc_client *client = client_open();
    for (int number = 0; number < 100; number++) CHECK(client_track(client, "guest", tracked++) == TPC_OK);
    CHECK(tpc_client_report_descriptor(client) >= 0);
    CHECK(tpc_client_flush(client, 60000, NULL) == TPC_OK);
    expect_close_on_exec(before);
    CHECK(tpc_client_close(client, 60000, NULL) == TPC_OK);
}

int main(int count, char **arguments) {
    static struct host before;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigset_t some;
    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    CHECK(sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGCHLD, &action, NULL) == 0);
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &some, NULL) == 0);
    CHECK(setlocale(LC_ALL, "C.UTF-8") != NULL);
    observe(&before);
    CHECK(count == 2);
    if (strcmp(arguments[1], "descriptors") == 0) {
        expect_close_on_exec_while_delivering(&before);
        return 0;
    }

    deliver(0, &before);
    deliver(1, &before);
    int warm = descriptors();
    for (int turn = 0; turn < atoi(arguments[1]); turn++) deliver(turn % 2, &before);
    CHECK(descriptors() == warm);
    return 0;
}
