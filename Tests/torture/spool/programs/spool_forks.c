/*
 * A process whose segment is open when it forks, in different ways.
 *
 *     spool_forks deep          three generations, each of which tracks and closes
 *     spool_forks idle WAY      the child does nothing, and outlives its parent, which is killed
 *     spool_forks calls WAY     the same, and the child calls the library once
 *
 * WAY is fork, _Fork, clone, vfork or spawn; the last two execute another program. It says "+ID" for each event, and the child
 * that goes on says "=PID".
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "client.h"

enum { EVENTS = 20, DEPTH = 3 };

static tpc_client *client;
static char *sleeping[] = {"sleep", "600", NULL};
extern char **environ;

static void say(char kind, const char *text, long number) {
    char line[64];
    int size = snprintf(line, sizeof line, number < 0 ? "%c%s\n" : "%c%s-%ld\n", kind, text, number);
    CHECK(write(1, line, (size_t)size) == size);
}

static void track(const char *name) {
    for (long number = 0; number < EVENTS; number++) {
        CHECK(client_track(client, name, number) == TPC_OK);
        say('+', name, number);
    }
}

static void generation(int depth) {
    char name[16];
    int status = 0;
    snprintf(name, sizeof name, "g%d", depth);
    track(name);
    pid_t child = depth < DEPTH ? fork() : -1;
    CHECK(child >= 0 || depth == DEPTH);
    if (child == 0) {
        generation(depth + 1);
        _exit(0);
    }
    track(depth == 0 ? "late0" : depth == 1 ? "late1" : depth == 2 ? "late2" : "late3");
    CHECK(tpc_client_close(client, 30000, NULL) == TPC_OK);
    if (child > 0) CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* The child's number in the parent; 0 in the child. */
static pid_t begin_child(const char *way) {
    pid_t child = -1;
    if (strcmp(way, "fork") == 0) child = fork();
    if (strcmp(way, "_Fork") == 0) child = _Fork();
    if (strcmp(way, "clone") == 0) child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (strcmp(way, "spawn") == 0) CHECK(posix_spawnp(&child, sleeping[0], NULL, NULL, sleeping, environ) == 0);
    if (strcmp(way, "vfork") == 0) {
        child = vfork();
        if (child == 0) {
            execvp(sleeping[0], sleeping);
            _exit(127);
        }
    }
    CHECK(child >= 0);
    return child;
}

int main(int count, char **arguments) {
    client = client_open();
    if (count < 3) {
        generation(0);
        return 0;
    }
    track("parent");
    int calls = strcmp(arguments[1], "calls") == 0, ready[2];
    char byte = 0;
    CHECK(pipe(ready) == 0);
    pid_t child = begin_child(arguments[2]);
    if (child == 0) {
        tpc_stats stats;
        if (calls) tpc_client_stats(client, &stats, sizeof stats);
        CHECK(write(ready[1], "r", 1) == 1);
        for (;;) pause();
    }
    int executes = strcmp(arguments[2], "vfork") == 0 || strcmp(arguments[2], "spawn") == 0;
    if (!executes) CHECK(read(ready[0], &byte, 1) == 1);
    char number[16];
    snprintf(number, sizeof number, "%d", (int)child);
    say('=', number, -1);
    kill(getpid(), SIGKILL);
    return 0;
}
