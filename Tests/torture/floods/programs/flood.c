/*
 * Tracks events from many threads at once, as fast as it can, and says what became of them and of its memory: one line of
 * JSON for each process.
 *
 *     flood FIRST EVENTS THREADS PROCESSES count|retry WAIT_MS CLOSE_MS
 *
 * The events are numbered from FIRST on. PROCESSES children are forked and share them, each with THREADS threads; with 0 this
 * process does it itself. A full queue is counted, or the call made again a moment later. Then up to WAIT_MS are waited for
 * what is pending, and the client is closed with CLOSE_MS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define THREADS 64

static tpc_client *client;
static int retries, wait_ms, close_ms;
static atomic_long taken, full, running;

/* A run of events from a number on: one thread's share. */
struct share {
    long first, events;
};

/* As large as real ones: about 600 bytes. Everything is given, so that nothing but the number differs between them. */
static int write_event(char *text, size_t size, long number) {
    return snprintf(
        text, size,
        "{\"event\":\"page_visit\",\"occurredAt\":\"2026-03-02T09:41:07.123Z\",\"eventId\":\"%ld\","
        "\"sessionId\":\"0195565c-7d3a-7b1e-9c4f-5a6b7c8d9e0f\",\"page\":{\"href\":"
        "\"https://docs.example.com/guides/getting-started?utm_source=assistant&page=%ld\","
        "\"domain\":\"docs.example.com\",\"pathname\":\"/guides/getting-started\",\"title\":\"Getting started\"},"
        "\"request\":{\"referrer\":\"https://assistant.example/\",\"userAgent\":\"Mozilla/5.0 AppleWebKit/537.36 (KHTML, "
        "like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)\",\"clientIp\":\"203.0.113.7\",\"method\":\"GET\"},"
        "\"sdk\":{\"name\":\"flood\",\"version\":\"1\",\"runtime\":\"c\"},\"properties\":{\"plan\":\"pro\",\"seats\":12}}",
        number, number);
}

static void *track(void *argument) {
    const struct share *share = argument;
    const struct timespec moment = {0, 200000};
    for (long index = 0; index < share->events; index++) {
        char text[1024];
        size_t length = (size_t)write_event(text, sizeof text, share->first + index);
        int32_t status = tpc_client_track_json(client, text, length, NULL);
        for (; status == TPC_ERROR_QUEUE_FULL; status = tpc_client_track_json(client, text, length, NULL)) {
            full++;
            if (!retries) break;
            nanosleep(&moment, NULL);
        }
        CHECK(status == TPC_OK || (status == TPC_ERROR_QUEUE_FULL && !retries));
        if (status == TPC_OK) taken++;
    }
    running--;
    return NULL;
}

/* Lets the threads work and returns the most bytes that the queue held while they did. */
static long flood(const struct share *all, int threads) {
    static struct share shares[THREADS];
    pthread_t started[THREADS];
    const struct timespec moment = {0, 1000000};
    long most = 0;
    running = threads;
    for (int index = 0; index < threads; index++) {
        long from = all->events * index / threads, to = all->events * (index + 1) / threads;
        shares[index] = (struct share){all->first + from, to - from};
        CHECK(pthread_create(&started[index], NULL, track, &shares[index]) == 0);
    }
    for (int last = 0; !last;) {
        last = running == 0;
        long bytes = (long)client_stats(client).queue_bytes;
        if (bytes > most) most = bytes;
        if (!last) nanosleep(&moment, NULL);
    }
    for (int index = 0; index < threads; index++) CHECK(pthread_join(started[index], NULL) == 0);
    return most;
}

/* One process's share: the flood, its end and its line. */
static void run(const struct share *share, int threads) {
    long before = memory_bytes("VmRSS");
    long queue_bytes = flood(share, threads);
    size_t pending, undelivered;
    int32_t flushed = tpc_client_flush(client, wait_ms, &pending);
    CHECK(flushed == (pending ? TPC_ERROR_TIMEOUT : TPC_OK));
    tpc_stats stats = client_stats(client);
    long growth = memory_bytes("VmHWM") - before;
    tpc_client_close(client, close_ms, &undelivered);
    CHECK(stats.accepted == (uint64_t)taken && stats.refused_queue_full == (uint64_t)full);
    char line[512];
    int length = snprintf(line, sizeof line,
                          "{\"tracked\": %ld, \"accepted\": %ld, \"full\": %ld, \"delivered\": %llu, \"rejected\": %llu, "
                          "\"expired\": %llu, \"undelivered\": %zu, \"adopted\": %llu, \"spooled\": %llu, \"failed\": %llu, "
                          "\"queue_bytes\": %ld, \"growth\": %ld}\n",
                          share->events, (long)taken, (long)full, (unsigned long long)stats.delivered,
                          (unsigned long long)stats.rejected, (unsigned long long)stats.expired, undelivered,
                          (unsigned long long)stats.adopted,
                          (unsigned long long)(stats.spooled + client_left_in_spool(&stats, undelivered)),
                          (unsigned long long)stats.failed_requests, queue_bytes, growth);
    /* In one piece: other processes write to the same pipe. */
    CHECK(write(1, line, (size_t)length) == length);
}

int main(int count, char **arguments) {
    CHECK(count == 8);
    struct share all = {atol(arguments[1]), atol(arguments[2])};
    int threads = atoi(arguments[3]), processes = atoi(arguments[4]);
    CHECK(threads >= 1 && threads <= THREADS);
    retries = strcmp(arguments[5], "retry") == 0;
    wait_ms = atoi(arguments[6]);
    close_ms = atoi(arguments[7]);
    client = client_open();
    if (processes == 0) run(&all, threads);
    for (int index = 0; index < processes; index++) {
        long from = all.events * index / processes, to = all.events * (index + 1) / processes;
        struct share share = {all.first + from, to - from};
        pid_t child = fork();
        CHECK(child >= 0);
        if (child > 0) continue;
        run(&share, threads);
        _exit(0);
    }
    for (int status, index = 0; index < processes; index++) CHECK(wait(&status) > 0 && status == 0);
    return 0;
}
