/*
 * main.c - what a spool costs, beside a plain program that writes the same bytes.
 *
 *     spool append  -d FOLDER [-p PROCESSES] [-n EVENTS] [-r ROUNDS] [-w MICROSECONDS]    a call of tpc_client_track
 *     spool append  -d FOLDER -k KIND -n CALLS                                            the same by callgrind
 *     spool recover -d FOLDER -n EVENTS [-r ROUNDS]                                       takes them over
 *
 * Each mode prints one line of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

tpc_client *open_client_with(const char *const *values) {
    tpc_options *options = tpc_options_new();
    tpc_client *client;
    tpc_error error;

    require(tpc_options_set(options, "api_key", TPC_NTS, API_KEY, TPC_NTS, &error), "api_key", &error);
    for (; *values; values += 2)
        require(tpc_options_set(options, values[0], TPC_NTS, values[1], TPC_NTS, &error), values[0], &error);
    require(tpc_client_new(options, &client, &error), "tpc_client_new", &error);
    tpc_options_free(options);
    return client;
}

static int usage(void) {
    fprintf(stderr, "usage: spool append|recover -d FOLDER [-p PROCESSES] [-n EVENTS] [-r ROUNDS] [-w MICROSECONDS] [-k KIND]\n");
    return 2;
}

int main(int count, char **texts) {
    struct spool_arguments arguments = {.processes = 1, .count = 500, .rounds = 10};
    int option;

    if (count < 2) return usage();
    while ((option = getopt(count - 1, texts + 1, "d:p:n:r:w:k:")) != -1) {
        switch (option) {
        case 'd': arguments.folder = optarg; break;
        case 'p': arguments.processes = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'n': arguments.count = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'r': arguments.rounds = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'w': arguments.pause = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'k': arguments.kind = optarg; break;
        default: return usage();
        }
    }
    if (!arguments.folder || arguments.processes == 0 || arguments.count == 0 || arguments.rounds == 0) return usage();
    if (strcmp(texts[1], "append") == 0) return arguments.kind ? measure_instructions(&arguments) : measure_append(&arguments);
    if (strcmp(texts[1], "recover") == 0) return measure_recovery(&arguments);
    return usage();
}
