/*
 * main.c - the same events as the reference's, sent through libtpc; one mode for each thing that is measured.
 *
 *     sender enqueue -u URL [-n EVENTS] [-r ROUNDS] [-f]    what build, check and enqueue cost the caller
 *     sender deliver -u URL [-n EVENTS] [-a CA_FILE] [-f]   what it costs to have all events delivered
 *     sender memory  -u URL [-n EVENTS] [-d SPOOL]          what queued events hold
 *     sender ratios  [-r ROUNDS] | -k KIND -n CALLS         what calls cost beside the plain C program's bare work
 *
 * -f sets the 13 fields with one call of tpc_event_set_fields. Each mode prints one line of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "modes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int usage(void) {
    fprintf(stderr, "usage: sender enqueue|deliver|memory|ratios -u URL [-n EVENTS] [-r ROUNDS] [-a CA_FILE] [-d SPOOL] [-k KIND] [-f]\n");
    return 2;
}

int main(int count, char **texts) {
    struct arguments arguments = {.count = 9000, .rounds = 10};
    int option;

    if (count < 2) return usage();
    while ((option = getopt(count - 1, texts + 1, "u:n:r:a:d:k:f")) != -1) {
        switch (option) {
        case 'u': arguments.url = optarg; break;
        case 'n': arguments.count = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'r': arguments.rounds = (unsigned)strtoul(optarg, NULL, 10); break;
        case 'a': arguments.ca_file = optarg; break;
        case 'd': arguments.spool = optarg; break;
        case 'k': arguments.kind = optarg; break;
        case 'f': arguments.all_at_once = 1; break;
        default: return usage();
        }
    }
    if (strcmp(texts[1], "ratios") == 0) return measure_ratios(&arguments);
    if (!arguments.url || arguments.count < 2 || arguments.rounds == 0) return usage();
    if (strcmp(texts[1], "enqueue") == 0) return measure_enqueue(&arguments);
    if (strcmp(texts[1], "deliver") == 0) return measure_delivery(&arguments);
    if (strcmp(texts[1], "memory") == 0) return measure_memory(&arguments);
    return usage();
}
