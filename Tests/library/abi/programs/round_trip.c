/*
 * Writes an event, reads it back, and prints the library's version: every kind of handle is made and freed once. C99 and C++.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>
#include <tpc.h>

static int fail(const char *what, const tpc_error *error) {
    fprintf(stderr, "%s: %s: %s\n", what, error->field, error->message);
    return 1;
}

int main(void) {
    static const char expected[] =
        "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"},\"properties\":{\"status\":200}}";
    tpc_error error;
    tpc_event *visit = tpc_event_new(), *copy = NULL;
    tpc_options *options = tpc_options_new();
    tpc_client *client = NULL;
    tpc_report *report = NULL;
    char json[256];
    size_t length = 0;

    if (tpc_event_set(visit, TPC_FIELD_PAGE_HREF, "https://example.com/", TPC_NTS, &error) != TPC_OK ||
        tpc_event_set_integer_property(visit, "status", TPC_NTS, 200, &error) != TPC_OK)
        return fail("set", &error);
    if (tpc_event_to_json(visit, json, sizeof json, &length) != TPC_OK || strcmp(json, expected) != 0 ||
        length != sizeof expected - 1)
        return 2;
    if (tpc_event_from_json(json, length, &copy, &error) != TPC_OK) return fail("from_json", &error);
    if (tpc_options_set(options, "dry_run", TPC_NTS, "true", TPC_NTS, &error) != TPC_OK ||
        tpc_options_set(options, "report_capacity", TPC_NTS, "1", TPC_NTS, &error) != TPC_OK)
        return fail("options", &error);
    if (tpc_client_new(options, &client, &error) != TPC_OK) return fail("client", &error);
    if (tpc_client_track(client, copy, &error) != TPC_OK) return fail("track", &error);
    if (tpc_client_flush(client, 20000, NULL) != TPC_OK) return 3;
    if (tpc_client_poll(client, 20000, &report) != TPC_OK || tpc_report_outcome(report) != TPC_OUTCOME_DELIVERED) return 4;
    if (tpc_client_close(client, 20000, NULL) != TPC_OK) return 5;
    tpc_report_free(report);
    tpc_options_free(options);
    tpc_event_free(copy);
    tpc_event_free(visit);
    puts(tpc_version_string());
    return 0;
}
