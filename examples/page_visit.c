/*
 * Sends one page visit and waits up to five seconds for its delivery.
 *
 *     cc -o page_visit examples/page_visit.c $(pkg-config --cflags --libs tpc)
 *     TPC_API_KEY=... ./page_visit
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <tpc.h>

/* Prints which field or option is wrong, and what is accepted. */
static int fail(const tpc_error *error) {
    fprintf(stderr, "%s: %s: %s\n", tpc_status_name(error->status), error->field, error->message);
    return 1;
}

int main(void) {
    tpc_error error;
    tpc_client *client;
    size_t undelivered;

    /* NULL: options from the environment, TPC_API_KEY and so on. A server creates one client and keeps it. */
    if (tpc_client_new(NULL, &client, &error) != TPC_OK) return fail(&error);

    /* One event per request. A wrong value is refused here; fields that are not set stay absent. */
    tpc_event *visit = tpc_event_new();
    if (tpc_event_set(visit, TPC_FIELD_PAGE_HREF, "https://docs.example.com/quickstart", TPC_NTS, &error) != TPC_OK ||
        tpc_event_set(visit, TPC_FIELD_REQUEST_USER_AGENT, "page_visit.c", TPC_NTS, &error) != TPC_OK ||
        tpc_event_set_integer_property(visit, "status", TPC_NTS, 200, &error) != TPC_OK ||
        /* Queues a copy and returns within a microsecond; delivery happens in the background. */
        tpc_client_track(client, visit, &error) != TPC_OK)
        return fail(&error);
    tpc_event_free(visit);

    /* At the end: delivers what is queued, and reports how many events could not be delivered. */
    if (tpc_client_close(client, 5000, &undelivered) != TPC_OK) {
        fprintf(stderr, "not delivered: %zu\n", undelivered);
        return 1;
    }
    puts("one page visit was delivered");
    return 0;
}
