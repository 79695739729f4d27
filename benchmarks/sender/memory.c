/*
 * memory.c - what the process grows by when events queue up for a server that does not answer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "modes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of /proc/self/smaps_rollup in bytes: unlike statm's, its counts are exact. */
static size_t resident(const char *name) {
    char line[256];
    size_t kilobytes = 0, length = strlen(name);
    FILE *file = fopen("/proc/self/smaps_rollup", "r");

    if (!file) {
        perror("/proc/self/smaps_rollup");
        exit(1);
    }
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, length) == 0 && line[length] == ':') kilobytes = strtoul(line + length + 1, NULL, 10);
    fclose(file);
    return kilobytes * 1024;
}

int measure_memory(const struct arguments *arguments) {
    struct visit *visits = make_visits(arguments->count);
    tpc_event *event = tpc_event_new();
    size_t event_bytes = 0;
    tpc_stats stats;

    /* All of /sdk is set here, so that nothing is filled in and tpc_event_to_json shows what will be posted. */
    for (unsigned i = 0; i < arguments->count; i++) visit_add_sdk(&visits[i]);
    resident("Rss");
    size_t before = resident("Rss"), anonymous_before = resident("Anonymous");
    tpc_client *client = open_client(arguments);
    for (unsigned i = 0; i < arguments->count; i++) {
        tpc_error error;
        size_t length;
        tpc_event_clear(event);
        fill_event(event, &visits[i], arguments->all_at_once);
        tpc_event_to_json(event, NULL, 0, &length);
        event_bytes += length;
        require(tpc_client_track(client, event, &error), "tpc_client_track", &error);
    }
    require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    printf("{\"events\": %llu, \"event_bytes\": %zu, \"growth_bytes\": %lld, \"anonymous_growth_bytes\": %lld, "
           "\"queue_bytes\": %llu}\n",
           (unsigned long long)stats.pending, event_bytes, (long long)resident("Rss") - (long long)before,
           (long long)resident("Anonymous") - (long long)anonymous_before, (unsigned long long)stats.queue_bytes);
    tpc_client_close(client, 0, NULL);
    tpc_event_free(event);
    free(visits);
    return stats.pending == arguments->count ? 0 : 1;
}
