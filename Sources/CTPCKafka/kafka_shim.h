/*
 * librdkafka for Swift, and what is needed to start a program with a pipe at either end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_KAFKA_SHIM_H
#define TPC_KAFKA_SHIM_H

#ifndef __linux__
#error "libtpc runs on Linux"
#endif

#include <errno.h>
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int tpc_kafka_pipe(int ends[2], int kept) {
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fcntl(ends[kept], F_SETFL, O_NONBLOCK);
    return 0;
}

/*
 * Starts a program, in a process group of its own so that Ctrl-C does not reach it, with no signal blocked or ignored. *input and
 * *output become the descriptors to write its standard input to and to read its standard output from; neither blocks. Returns
 * the system's error number.
 */
static inline int tpc_kafka_start(
    const char *program, char *const arguments[], char *const environment[], pid_t *process, int *input, int *output) {
    int in[2], out[2];
    int error = tpc_kafka_pipe(in, 1);
    if (error != 0) return error;
    error = tpc_kafka_pipe(out, 0);
    if (error != 0) {
        close(in[0]);
        close(in[1]);
        return error;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    /* librdkafka's own descriptors among them. */
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    error = posix_spawnp(process, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    if (error != 0) {
        close(in[1]);
        close(out[0]);
        return error;
    }
    *input = in[1];
    *output = out[0];
    return 0;
}

/* The exit code of a status that waitpid(2) returned; -1 if a signal ended the process. */
static inline int tpc_kafka_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

#endif
