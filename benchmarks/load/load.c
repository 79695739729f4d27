/*
 * load.c - what loading libtpc costs a process that has libcurl and libjansson already.
 *
 *     load PATH/libtpc.so [PROCESSES]
 *
 * Each sample is a process of its own, which has loaded none of them before. Prints the medians as one line of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/measure.h"

enum { LIBRARIES = 3, MOST_PROCESSES = 1000 };

/* Loads the libraries one after the other and writes what each of them took. */
static void load_all(const char *const *paths, int output) {
    uint64_t took[LIBRARIES];

    for (int i = 0; i < LIBRARIES; i++) {
        uint64_t start = wall_nanoseconds();
        if (!dlopen(paths[i], RTLD_NOW)) {
            fprintf(stderr, "load: %s\n", dlerror());
            _exit(1);
        }
        took[i] = wall_nanoseconds() - start;
    }
    _exit(write(output, took, sizeof took) == sizeof took ? 0 : 1);
}

int main(int count, char **arguments) {
    static uint64_t samples[LIBRARIES][MOST_PROCESSES];
    int processes = count > 2 ? atoi(arguments[2]) : 51, channel[2];

    if (count < 2 || processes < 1 || processes > MOST_PROCESSES || pipe(channel) < 0) {
        fprintf(stderr, "usage: load PATH/libtpc.so [PROCESSES]\n");
        return 2;
    }
    const char *paths[LIBRARIES] = {"libcurl.so.4", "libjansson.so.4", arguments[1]};
    for (int i = 0; i < processes; i++) {
        uint64_t took[LIBRARIES];
        int status;
        pid_t child = fork();
        if (child == 0) load_all(paths, channel[1]);
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return 1;
        if (read(channel[0], took, sizeof took) != sizeof took) return 1;
        for (int j = 0; j < LIBRARIES; j++) samples[j][i] = took[j];
    }
    for (int j = 0; j < LIBRARIES; j++) sort_nanoseconds(samples[j], (size_t)processes);
    printf("{\"processes\": %d, \"libcurl_ns\": %llu, \"libjansson_ns\": %llu, \"libtpc_ns\": %llu}\n", processes,
           (unsigned long long)percentile(samples[0], (size_t)processes, 0.5),
           (unsigned long long)percentile(samples[1], (size_t)processes, 0.5),
           (unsigned long long)percentile(samples[2], (size_t)processes, 0.5));
    return 0;
}
