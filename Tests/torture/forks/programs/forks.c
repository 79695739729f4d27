/*
 * Forks many children beside a live sender, a queue that is never empty and four threads that track without a pause.
 *
 *     forks CHILDREN URL_OF_A_SERVER_THAT_HANGS
 *     forks inspect
 *
 * What a child does goes by its number (see `kinds`). Every sender prints its name and how many events it had accepted, a
 * line each: the events are NAME-0, NAME-1 and so on. The second form is what children that exec become: it fails if it
 * has got a thread or a descriptor from the library.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { PATIENCE = 60000, TRACKING = 4, AT_ONCE = 5, HUNG = 10 };

extern char **environ;
static tpc_client *client, *hung;
static char *program;

/* In one piece: other processes write to the same pipe. */
static void say(const char *sender, long count) {
    char line[64];
    int length = snprintf(line, sizeof line, "%s %ld\n", sender, count);
    CHECK(write(1, line, (size_t)length) == length);
}

static void track_some(const char *sender, long count) {
    for (long number = 0; number < count; number++) CHECK(client_track(client, sender, number) == TPC_OK);
    say(sender, count);
}

/* What a child finds: a client that nobody has used. */
static void expect_nothing_of_the_parents(tpc_client *one) {
    tpc_stats found = client_stats(one);
    CHECK(found.accepted == 0 && found.pending == 0 && found.requests == 0 && found.in_flight == 0);
}

static void deliver_and_close(void) {
    size_t left;
    CHECK(tpc_client_flush(client, PATIENCE, &left) == TPC_OK && left == 0);
    CHECK(tpc_client_close(client, PATIENCE, &left) == TPC_OK && left == 0);
}

static void send_own(const char *name) {
    expect_nothing_of_the_parents(client);
    track_some(name, 3);
    deliver_and_close();
}

static void do_nothing(const char *name) {
    (void)name;
    CHECK(threads() == 1);
    expect_nothing_of_the_parents(client);
    CHECK(tpc_client_flush(client, 0, NULL) == TPC_OK);
    CHECK(threads() == 1);
}

static void expect_end(pid_t child) {
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (status != 0) fprintf(stderr, "child %d: status %x\n", (int)child, status);
    CHECK(status == 0);
}

/* A child that hangs ends by SIGALRM. */
static pid_t start_child(const char *name, void (*be)(const char *)) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0) return child;
    alarm(2 * PATIENCE / 1000);
    be(name);
    exit(0);
}

static void have_a_child(const char *name) {
    char grandchild[40];
    snprintf(grandchild, sizeof grandchild, "grand%s", name);
    track_some(name, 2);
    expect_end(start_child(grandchild, send_own));
    deliver_and_close();
}

static void *track_in_thread(void *name) {
    track_some(name, 2);
    return NULL;
}

static void have_threads(const char *name) {
    char names[3][40];
    pthread_t started[3];
    for (int index = 0; index < 3; index++) {
        snprintf(names[index], sizeof names[index], "%s.%d", name, index);
        CHECK(pthread_create(&started[index], NULL, track_in_thread, names[index]) == 0);
    }
    for (int index = 0; index < 3; index++) CHECK(pthread_join(started[index], NULL) == 0);
    deliver_and_close();
}

/* Flush and close keep their time beside a server that hangs, where the parent has requests under way. */
static void meet_a_server_that_hangs(const char *name) {
    size_t left;
    expect_nothing_of_the_parents(hung);
    CHECK(client_track(hung, name, 0) == TPC_OK);
    CHECK(tpc_client_flush(hung, 50, &left) == TPC_ERROR_TIMEOUT && left == 1);
    CHECK(tpc_client_close(hung, 50, &left) == TPC_ERROR_TIMEOUT && left == 1);
    send_own(name);
}

static void become_another(const char *name) {
    (void)name;
    CHECK(threads() == 1);
    execl(program, program, "inspect", NULL);
    _exit(98);
}

static const struct {
    const char *name;
    void (*be)(const char *);
} kinds[] = {{"sends", send_own},         {"silent", do_nothing},
             {"nested", have_a_child},    {"threads", have_threads},
             {"hung", meet_a_server_that_hangs}, {"exec", become_another}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* Two more kinds, which the library does not see as forks: parent and child share one memory until the exec. */
static pid_t start_borrowing(int spawns) {
    pid_t child;
    char *arguments[] = {program, "inspect", NULL};
    tpc_stats before = client_stats(client);
    if (spawns) {
        CHECK(posix_spawn(&child, program, NULL, NULL, arguments, environ) == 0);
    } else {
        child = vfork();
        if (child == 0) {
            execv(program, arguments);
            _exit(98);
        }
        CHECK(child > 0);
    }
    CHECK(client_stats(client).accepted >= before.accepted && before.accepted > 0);
    return child;
}

static pid_t start(int number) {
    char name[40];
    int kind = number % (KINDS + 2);
    while (client_stats(client).pending == 0) sched_yield();
    if (kind >= KINDS) return start_borrowing(kind == KINDS);
    snprintf(name, sizeof name, "child-%d-%s", number, kinds[kind].name);
    return start_child(name, kinds[kind].be);
}

static atomic_int stop;

static void *keep_tracking(void *context) {
    char sender[32];
    const struct timespec moment = {0, 1000000};
    long count = 0;
    snprintf(sender, sizeof sender, "parent-%ld", (long)context);
    while (!atomic_load(&stop)) {
        int32_t status = client_track(client, sender, count);
        CHECK(status == TPC_OK || status == TPC_ERROR_QUEUE_FULL);
        if (status == TPC_OK) count++;
        else nanosleep(&moment, NULL);
    }
    say(sender, count);
    return NULL;
}

/* What exec leaves of the library: nothing. */
static int inspect(void) {
    CHECK(threads() == 1);
    for (int number = 3; number < 1024; number++) {
        if (fcntl(number, F_GETFD) == -1) continue;
        char path[40], target[200] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        if (readlink(path, target, sizeof target - 1) < 0) perror(path);
        /* OpenSSL opens it without O_CLOEXEC, and posix_spawn and vfork run no handler that could wait until it has read it. */
        if (strstr(target, "/ca.pem") != NULL) continue;
        fprintf(stderr, "inherited: %d, %s\n", number, target);
        CHECK(0 && "a descriptor was inherited");
    }
    return 0;
}

static tpc_client *open_client_of(const char *url) {
    tpc_client *opened;
    tpc_options *options = tpc_options_new();
    CHECK(tpc_options_load_environment(options, NULL) == TPC_OK);
    CHECK(tpc_options_set(options, "base_url", TPC_NTS, url, TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_client_new(options, &opened, NULL) == TPC_OK);
    tpc_options_free(options);
    return opened;
}

int main(int count, char **arguments) {
    program = arguments[0];
    if (count == 2 && strcmp(arguments[1], "inspect") == 0) return inspect();
    CHECK(count == 3);
    int children = atoi(arguments[1]);
    pid_t *started = calloc((size_t)children, sizeof *started);
    pthread_t tracking[TRACKING];
    client = client_open();
    hung = open_client_of(arguments[2]);
    for (int number = 0; number < HUNG; number++) CHECK(client_track(hung, "parent-hung", number) == TPC_OK);
    for (long thread = 0; thread < TRACKING; thread++)
        CHECK(pthread_create(&tracking[thread], NULL, keep_tracking, (void *)thread) == 0);
    while (client_stats(client).requests == 0) sched_yield();
    for (int number = 0; number < children; number++) {
        if (number >= AT_ONCE) expect_end(started[number - AT_ONCE]);
        started[number] = start(number);
    }
    for (int number = children > AT_ONCE ? children - AT_ONCE : 0; number < children; number++) expect_end(started[number]);
    atomic_store(&stop, 1);
    for (int thread = 0; thread < TRACKING; thread++) CHECK(pthread_join(tracking[thread], NULL) == 0);
    size_t left;
    CHECK(tpc_client_close(hung, 0, &left) == TPC_ERROR_TIMEOUT && left == HUNG);
    CHECK(tpc_client_close(client, PATIENCE, &left) == TPC_OK && left == 0);
    return 0;
}
