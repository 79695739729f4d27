/*
 * The counters as text: JSON, and Prometheus's text format (version 0.0.4).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "status_text.h"

typedef struct {
    const char *name;   /* in JSON */
    const char *metric; /* Prometheus's; a counter's has to end with _total */
    const char *type;
    const char *meaning;
    size_t offset; /* in tpc_server_totals */
} number;

static const char COUNTER[] = "counter", GAUGE[] = "gauge";

#define STATS(name, metric, type, meaning) {#name, "tpc_" metric, type, meaning, offsetof(tpc_server_totals, stats.name)}
#define MODULE(name, metric, type, meaning) {#name, "tpc_" metric, type, meaning, offsetof(tpc_server_totals, module.name)}
#define TOTAL(name, metric, type, meaning) {#name, "tpc_" metric, type, meaning, offsetof(tpc_server_totals, name)}

/* Those of the library as in docs/metrics.md, which a test compares. */
static const number numbers[] = {
    STATS(accepted, "events_accepted_total", COUNTER, "Events taken into the queue"),
    STATS(delivered, "events_delivered_total", COUNTER, "Events that the server accepted"),
    STATS(rejected, "events_rejected_total", COUNTER, "Events that the server refused permanently"),
    STATS(expired, "events_expired_total", COUNTER, "Events not delivered within delivery_timeout_ms, or spool_max_age_ms"),
    STATS(abandoned, "events_abandoned_total", COUNTER, "Events left, in memory only, when close ran out of time"),
    STATS(pending, "events_pending", GAUGE, "Events queued, in flight or waiting for a retry"),
    STATS(refused_invalid, "events_refused_invalid_total", COUNTER, "Events that the contract refuses"),
    STATS(refused_too_large, "events_refused_too_large_total", COUNTER, "Events larger than max_event_bytes"),
    STATS(refused_queue_full, "events_refused_queue_full_total", COUNTER, "Events refused because the queue was full"),
    STATS(refused_system, "events_refused_system_total", COUNTER, "Events refused for lack of memory or a thread"),
    STATS(sampled_out, "events_sampled_out_total", COUNTER, "Events left out by sample_rate"),
    STATS(disabled, "events_disabled_total", COUNTER, "Events left out because enabled is false"),
    STATS(requests, "requests_total", COUNTER, "HTTP requests to the server that ended, whatever the answer"),
    STATS(failed_requests, "requests_failed_total", COUNTER, "HTTP requests that were not answered with 2xx"),
    STATS(retries, "retries_total", COUNTER, "HTTP requests beyond an event's first"),
    STATS(odd_responses, "odd_responses_total", COUNTER, "2xx responses whose body is not what the contract says"),
    STATS(reports_dropped, "reports_dropped_total", COUNTER, "Reports dropped because report_capacity was used up"),
    STATS(queue_bytes, "queue_bytes", GAUGE, "Bytes that the pending events occupy"),
    STATS(in_flight, "requests_in_flight", GAUGE, "HTTP requests in progress"),
    STATS(left_out, "events_left_out_total", COUNTER, "Web requests and events that a rule left out"),
    STATS(spooled, "events_spooled_total", COUNTER, "Events left in spool_directory, for whoever sends from there next"),
    STATS(adopted, "events_adopted_total", COUNTER, "Events taken from spool_directory, where they were left"),
    STATS(unspooled, "events_unspooled_total", COUNTER, "Events in memory only: the spool was full, or the disk failed"),
    STATS(spool_bytes, "spool_bytes", GAUGE, "Bytes of the files in spool_directory that this client holds"),
    STATS(spool_errors, "spool_errors_total", COUNTER, "Calls to the disk that failed"),
    STATS(spool_corrupt, "spool_corrupt_total", COUNTER, "Damaged records and files found in spool_directory"),
    MODULE(errors, "visits_failed_total", COUNTER, "Web requests whose visit could not be tracked, for whatever reason"),
    MODULE(clientless, "visits_without_client_total", COUNTER, "Those of them for which there was no client"),
    TOTAL(lost, "events_lost_total", COUNTER, "Events pending, in memory only, when their worker died"),
    TOTAL(workers, "workers", GAUGE, "Living workers that have a slot for their counters"),
    TOTAL(slots, "worker_slots", GAUGE, "Slots for workers' counters"),
};

enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static uint64_t value(const tpc_server_totals *totals, const number *one) {
    return *(const uint64_t *)(const void *)((const char *)totals + one->offset);
}

__attribute__((format(printf, 4, 5)))
static size_t append(char *buffer, size_t capacity, size_t length, const char *format, ...) {
    if (length >= capacity) return length;
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(buffer + length, capacity - length, format, arguments);
    va_end(arguments);
    size_t left = capacity - length - 1;
    return length + (written < 0 ? 0 : (size_t)written < left ? (size_t)written : left);
}

size_t tpc_server_status_json(const tpc_server_totals *totals, char *buffer, size_t capacity) {
    size_t length = 0;
    for (size_t i = 0; i < NUMBERS; i++)
        length = append(buffer, capacity, length, "%c\"%s\":%" PRIu64, i == 0 ? '{' : ',', numbers[i].name,
                        value(totals, &numbers[i]));
    return append(buffer, capacity, length, "}\n");
}

size_t tpc_server_status_prometheus(const tpc_server_totals *totals, char *buffer, size_t capacity) {
    size_t length = 0;
    for (size_t i = 0; i < NUMBERS; i++) {
        const number *one = &numbers[i];
        length = append(buffer, capacity, length, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", one->metric, one->meaning,
                        one->metric, one->type, one->metric, value(totals, one));
    }
    return length;
}
