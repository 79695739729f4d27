/*
 * Tracks the given number of events and says how each ended: one line for each report, "ID OUTCOME STATUS ATTEMPTS", and the
 * counters as JSON.
 *
 *     ledger EVENTS SECONDS OUTAGE_SECONDS [CLOSE_MS]
 *
 * Waits up to SECONDS for all of them to end, without hurrying anything; with CLOSE_MS it closes at once, within that time.
 * Says "failing" when a few requests have failed and OUTAGE_SECONDS are over, so that a server can be opened then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"

/* The requests that have to fail before a server that is not there yet is opened. */
#define FEW 3

static void say_failing(tpc_client *client, uint64_t outage_end) {
    static int said;
    if (said || nanoseconds() < outage_end || client_stats(client).failed_requests < FEW) return;
    said = 1;
    puts("failing");
    fflush(stdout);
}

/* As nanoseconds. */
static uint64_t seconds(const char *text) { return (uint64_t)atol(text) * 1000000000u; }

static void track(tpc_client *client, long number) {
    char text[256];
    int length = snprintf(text, sizeof text,
                          "{\"event\":\"page_visit\",\"eventId\":\"%ld\",\"page\":{\"href\":\"https://example.com/%ld\"},"
                          "\"request\":{\"userAgent\":\"GPTBot/1.2\"}}",
                          number, number);
    CHECK(tpc_client_track_json(client, text, (size_t)length, NULL) == TPC_OK);
}

/* Takes and prints the reports until there are as many as events or the time is up. */
static void tell_reports(tpc_client *client, long events, uint64_t deadline, uint64_t outage_end) {
    for (long told = 0; told < events && nanoseconds() < deadline;) {
        tpc_report *report;
        CHECK(tpc_client_poll(client, 10, &report) == TPC_OK);
        say_failing(client, outage_end);
        if (report == NULL) continue;
        printf("%s %d %d %u\n", tpc_report_event_id(report), (int)tpc_report_outcome(report),
               (int)tpc_report_http_status(report), (unsigned)tpc_report_attempts(report));
        tpc_report_free(report);
        told++;
    }
}

int main(int count, char **arguments) {
    CHECK(count == 4 || count == 5);
    long events = atol(arguments[1]);
    int closes = count == 5;
    uint64_t start = nanoseconds();
    tpc_client *client = client_open();
    for (long number = 0; number < events; number++) track(client, number);
    if (!closes) tell_reports(client, events, start + seconds(arguments[2]), start + seconds(arguments[3]));
    tpc_stats stats = client_stats(client);
    size_t undelivered = 0;
    int32_t status = tpc_client_close(client, closes ? atoi(arguments[4]) : 0, &undelivered);
    printf("{\"adopted\": %llu, \"spooled\": %llu, ", (unsigned long long)stats.adopted,
           (unsigned long long)(stats.spooled + client_left_in_spool(&stats, undelivered)));
    printf("\"accepted\": %llu, \"delivered\": %llu, \"rejected\": %llu, \"expired\": %llu, \"pending\": %llu, ",
           (unsigned long long)stats.accepted, (unsigned long long)stats.delivered, (unsigned long long)stats.rejected,
           (unsigned long long)stats.expired, (unsigned long long)stats.pending);
    printf("\"requests\": %llu, \"failed\": %llu, \"retries\": %llu, \"odd\": %llu, \"queue_bytes\": %llu, ",
           (unsigned long long)stats.requests, (unsigned long long)stats.failed_requests,
           (unsigned long long)stats.retries, (unsigned long long)stats.odd_responses,
           (unsigned long long)stats.queue_bytes);
    printf("\"close\": %d, \"undelivered\": %zu}\n", (int)status, undelivered);
    return 0;
}
