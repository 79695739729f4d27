/*
 * What the test programs share: a client from the environment's options, and events named after who sends them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_TEST_CLIENT_H
#define TPC_TEST_CLIENT_H

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tpc.h>
#include <unistd.h>

/* Writing is a cancellation point: a thread that is to be cancelled says what went wrong before it goes. */
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);                                                      \
            fprintf(stderr, "%s:%d: process %d: not so: %s\n", __FILE__, __LINE__, (int)getpid(), #condition);         \
            _exit(99);                                                                                                 \
        }                                                                                                              \
    } while (0)

static inline tpc_client *client_open(void) {
    tpc_client *client;
    tpc_error error;
    if (tpc_client_new(NULL, &client, &error) != TPC_OK) {
        fprintf(stderr, "%s: %s\n", error.field, error.message);
        exit(98);
    }
    return client;
}

/* Tracks an event whose id is the sender and a number; returns the status. */
static inline int32_t client_track(tpc_client *client, const char *sender, long number) {
    char id[64];
    int32_t status;
    tpc_event *event = tpc_event_new();
    snprintf(id, sizeof id, "%s-%ld", sender, number);
    CHECK(tpc_event_set(event, TPC_FIELD_PAGE_HREF, "https://example.com/", TPC_NTS, NULL) == TPC_OK);
    CHECK(tpc_event_set(event, TPC_FIELD_EVENT_ID, id, TPC_NTS, NULL) == TPC_OK);
    status = tpc_client_track(client, event, NULL);
    tpc_event_free(event);
    return status;
}

static inline tpc_stats client_stats(tpc_client *client) {
    tpc_stats stats;
    CHECK(tpc_client_stats(client, &stats, sizeof stats) == TPC_OK);
    CHECK(stats.accepted + stats.adopted ==
          stats.delivered + stats.rejected + stats.expired + stats.abandoned + stats.pending + stats.spooled);
    return stats;
}

/* How many of the events that were pending a close left in the spool; without one, they are undelivered. */
static inline uint64_t client_left_in_spool(const tpc_stats *before, size_t undelivered) {
    const char *folder = getenv("TPC_SPOOL_DIRECTORY");
    return folder != NULL && *folder != '\0' ? before->pending - undelivered : 0;
}

/* How many entries a directory of /proc has, not counting "." and "..": threads, or descriptors. */
static inline int entries(const char *path) {
    int count = -2;
    DIR *directory = opendir(path);
    CHECK(directory != NULL);
    while (readdir(directory) != NULL) count++;
    closedir(directory);
    return count;
}

static inline int threads(void) { return entries("/proc/self/task"); }
/* One is the directory's own while it is read. */
static inline int descriptors(void) { return entries("/proc/self/fd") - 1; }

/* A joined thread's entry goes a moment after pthread_join returns. */
static inline void await_threads(int count) {
    struct timespec moment = {0, 1000000};
    for (int turn = 0; turn < 10000 && threads() != count; turn++) nanosleep(&moment, NULL);
    CHECK(threads() == count);
}

/* A line of /proc/self/status about memory, such as VmRSS, in bytes. */
static inline long memory_bytes(const char *name) {
    char line[256];
    long kibibytes = -1;
    FILE *file = fopen("/proc/self/status", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0) sscanf(line + strlen(name), ": %ld", &kibibytes);
    fclose(file);
    CHECK(kibibytes >= 0);
    return kibibytes * 1024;
}

static inline uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
