/*
 * A process as one number, which no later process has: its id, and when it began.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process_identity.h"

/* What /proc says about a process (proc(5)): its state, and when it began, in ticks, of which 32 bits are enough. */
typedef struct {
    char state; /* NUL where there is no such file */
    uint32_t start;
} description;

static description describe(pid_t process) {
    enum { SPACES_BEFORE_START = 19 };
    description found = {0};
    char text[1024];
    snprintf(text, sizeof text, "/proc/%ld/stat", (long)process);
    int descriptor = open(text, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return found;
    ssize_t length = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    if (length <= 0) return found;
    text[length] = '\0';
    /* The program's name, in parentheses, may contain anything. */
    const char *rest = strrchr(text, ')');
    if (rest == NULL || rest[1] != ' ') return found;
    rest += 2;
    char state = *rest;
    for (int spaces = 0; spaces < SPACES_BEFORE_START; spaces++) {
        rest = strchr(rest, ' ');
        if (rest == NULL) return found;
        rest++;
    }
    found.state = state;
    found.start = (uint32_t)strtoull(rest, NULL, 10);
    return found;
}

uint64_t tpc_server_process_identity(void) {
    int former = errno;
    pid_t self = getpid();
    uint64_t identity = (uint64_t)describe(self).start << 32 | (uint32_t)self;
    errno = former;
    return identity;
}

bool tpc_server_process_lives(uint64_t identity) {
    int former = errno;
    pid_t process = (pid_t)(uint32_t)identity;
    uint32_t start = (uint32_t)(identity >> 32);
    bool lives = kill(process, 0) == 0 || errno == EPERM;
    if (lives) {
        description found = describe(process);
        if (found.state != '\0') {
            bool has_ended = found.state == 'Z' || found.state == 'X';
            lives = !has_ended && (start == 0 || found.start == start);
        }
    }
    errno = former;
    return lives;
}
