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

struct seconds {
    double wall, cpu;
};

static struct seconds now(void) { return (struct seconds){(double)wall_nanoseconds() / 1e9, cpu_seconds()}; }

static void print_since(const char *name, struct seconds start) {
    struct seconds end = now();
    printf("\"%s\": [%.4f, %.4f]", name, end.wall - start.wall, end.cpu - start.cpu);
}

/* How long a client takes until it has them all in its queue. */
static void take_over(const struct spool_arguments *arguments, const char *url) {
    tpc_stats stats = {0};
    const char *options[] = {"base_url", url, "spool_directory", arguments->folder, "spool_sender", "shared", "max_in_flight", "1",
                             "spool_max_bytes", "2147483648", "queue_max_events", "100000000", "queue_max_bytes", "17179869184",
                             "request_timeout_ms", "600000", NULL};
    tpc_client *client = open_client_with(options);
    tpc_event *event = tpc_event_new();
    struct visit visit;
    visit_make(&visit, 0);
    fill_event(event, &visit, 0);

    struct seconds start = now();
    /* The first event of a client makes it the sender for all. */
    require(tpc_client_track(client, event, NULL), "tpc_client_track", NULL);
    while (stats.adopted < arguments->count) {
        if (now().wall - start.wall > 60) {
            fprintf(stderr, "spool: only %llu events were taken over\n", (unsigned long long)stats.adopted);
            exit(1);
        }
        usleep(2000);
        require(tpc_client_stats(client, &stats, sizeof stats), "tpc_client_stats", NULL);
    }
    print_since("library", start);
    require(tpc_client_close(client, 0, NULL), "tpc_client_close", NULL);
    tpc_event_free(event);
}

/* Reads as many events from JSON as there are on disk, which checks them against the contract. */
static void check_all(unsigned count) {
    struct visit visit;
    tpc_event *event;
    char json[2048];

    visit_make(&visit, 0);
    visit_add_sdk(&visit);
    size_t length = visit_json(&visit, json, sizeof json);
    for (unsigned i = 0; i < count; i++) {
        require(tpc_event_from_json(json, length, &event, NULL), "tpc_event_from_json", NULL);
        tpc_event_free(event);
    }
}

int measure_recovery(const struct spool_arguments *arguments) {
    char url[40];
    int listener = listen_only(url);
    unsigned long long bytes = fill(arguments, url);

    nftw(arguments->folder, add_used, 16, FTW_PHYS);
    printf("{\"event_bytes\": %llu, \"disk_bytes\": %llu, \"seconds\": [", bytes, used_bytes);
    for (unsigned round = 0; round < arguments->rounds; round++) {
        struct seconds start = now();
        unsigned long found = plain_spool_recover(arguments->folder);
        printf(round ? ", {" : "{");
        print_since("plain", start);
        if (found < arguments->count) {
            fprintf(stderr, "spool: the plain program found %lu records of %u\n", found, arguments->count);
            return 1;
        }
        printf(", ");
        start = now();
        check_all(arguments->count);
        print_since("checked", start);
        printf(", ");
        take_over(arguments, url);
        printf("}");
    }
    printf("]}\n");
    close(listener);
    return 0;
}
