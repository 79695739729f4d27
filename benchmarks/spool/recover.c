/*
 * recover.c - what it takes to take over the events that other processes left: each is read, its checksum compared, and its JSON
 * checked against the contract before it is queued. The endpoint does not answer, so that nothing of it is the network's. In turns
 * with a plain program that reads the same files and sums the same bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/measure.h"
#include "../reference/plain_spool.h"
#include "gate.h"
#include "spool.h"

/* Writes the events as a process that leaves them to others. Returns the bytes of their JSON. */
static unsigned long long fill(const struct spool_arguments *arguments, const char *url) {
    const char *options[] = {"base_url", url, "spool_directory", arguments->folder, "spool_sender", "never", "spool_max_bytes",
                             "2147483648", NULL};
    tpc_client *client = open_client_with(options);
    tpc_event *event = tpc_event_new();
    struct visit visit;
    tpc_stats stats;
    unsigned long long bytes = 0;
    char json[2048];

    for (unsigned i = 0; i < arguments->count; i++) {
        visit_make(&visit, i);
        tpc_event_clear(event);
        fill_event(event, &visit, 0);
        require(tpc_client_track(client, event, NULL), "tpc_client_track", NULL);
        visit_add_sdk(&visit);
        bytes += visit_json(&visit, json, sizeof json);
    }
    require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    require(tpc_client_close(client, 0, NULL), "tpc_client_close", NULL);
    tpc_event_free(event);
    if (stats.spooled != arguments->count) {
        fprintf(stderr, "spool: only %llu of %u events were written\n", (unsigned long long)stats.spooled, arguments->count);
        exit(1);
    }
    return bytes;
}

/* The bytes of the disk that the files in a folder and below take. */
static unsigned long long used_bytes;
static int add_used(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)path, (void)place;
    if (kind == FTW_F) used_bytes += (unsigned long long)status->st_blocks * 512;
    return 0;
}

/* How long a client takes until it has them all in its queue: wall clock and CPU, in seconds. */
static void take_over(const struct spool_arguments *arguments, const char *url, double *wall, double *cpu) {
    tpc_stats stats = {0};
    const char *options[] = {"base_url", url, "spool_directory", arguments->folder, "spool_sender", "shared", "max_in_flight", "1",
                             "spool_max_bytes", "2147483648", "queue_max_events", "100000000", "queue_max_bytes", "17179869184",
                             "request_timeout_ms", "600000", NULL};
    tpc_client *client = open_client_with(options);
    tpc_event *event = tpc_event_new();
    struct visit visit;
    visit_make(&visit, 0);
    fill_event(event, &visit, 0);

    uint64_t start = wall_nanoseconds();
    double cpu_start = cpu_seconds();
    /* The first event of a client makes it the sender for all. */
    require(tpc_client_track(client, event, NULL), "tpc_client_track", NULL);
    while (stats.adopted < arguments->count) {
        if (wall_nanoseconds() - start > 60000000000ull) {
            fprintf(stderr, "spool: only %llu events were taken over\n", (unsigned long long)stats.adopted);
            exit(1);
        }
        usleep(2000);
        require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    }
    *wall = (double)(wall_nanoseconds() - start) / 1e9;
    *cpu = cpu_seconds() - cpu_start;
    require(tpc_client_close(client, 0, NULL), "tpc_client_close", NULL);
    tpc_event_free(event);
}

int measure_recovery(const struct spool_arguments *arguments) {
    char url[40];
    int listener = listen_only(url);
    unsigned long long bytes = fill(arguments, url);

    nftw(arguments->folder, add_used, 16, FTW_PHYS);
    printf("{\"event_bytes\": %llu, \"disk_bytes\": %llu, \"seconds\": [", bytes, used_bytes);
    for (unsigned round = 0; round < arguments->rounds; round++) {
        double wall, cpu, cpu_start = cpu_seconds();
        uint64_t start = wall_nanoseconds();
        unsigned long found = plain_spool_recover(arguments->folder);
        double plain_wall = (double)(wall_nanoseconds() - start) / 1e9, plain_cpu = cpu_seconds() - cpu_start;
        if (found < arguments->count) {
            fprintf(stderr, "spool: the plain program found %lu records of %u\n", found, arguments->count);
            return 1;
        }
        take_over(arguments, url, &wall, &cpu);
        printf("%s{\"plain\": [%.4f, %.4f], \"library\": [%.4f, %.4f]}", round ? ", " : "", plain_wall, plain_cpu, wall, cpu);
    }
    printf("]}\n");
    close(listener);
    return 0;
}
