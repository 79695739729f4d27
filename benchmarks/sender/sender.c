/*
 * sender.c - a client, and one event from one visit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sender.h"

#include <stdio.h>
#include <stdlib.h>

void require(int32_t status, const char *call, const tpc_error *error) {
    if (status == TPC_OK) return;
    fprintf(stderr, "sender: %s: %s", call, tpc_status_name(status));
    if (error) fprintf(stderr, ": %s: %s", error->field, error->message);
    fputc('\n', stderr);
    exit(1);
}

static void set_option(tpc_options *options, const char *name, const char *value) {
    tpc_error error;
    require(tpc_options_set(options, name, TPC_NTS, value, TPC_NTS, &error), name, &error);
}

tpc_client *open_client(const struct arguments *arguments) {
    tpc_options *options = tpc_options_new();
    tpc_client *client;
    tpc_error error;

    set_option(options, "api_key", API_KEY);
    set_option(options, "base_url", arguments->url);
    if (arguments->spool) set_option(options, "spool_directory", arguments->spool);
    if (arguments->ca_file) set_option(options, "ca_file", arguments->ca_file);
    require(tpc_client_new(options, &client, &error), "tpc_client_new", &error);
    tpc_options_free(options);
    return client;
}

struct visit *make_visits(unsigned count) {
    struct visit *visits = malloc(count * sizeof *visits);
    if (!visits) exit(1);
    for (unsigned i = 0; i < count; i++) visit_make(&visits[i], i);
    return visits;
}

void fill_event(tpc_event *event, const struct visit *visit, int all_at_once) {
    int32_t status = TPC_OK;

    if (all_at_once) {
        status |= tpc_event_set_fields(event, visit->values, visit->lengths, VISIT_FIELDS, NULL);
    } else {
        for (int32_t field = 0; field < VISIT_FIELDS; field++)
            if (visit->values[field])
                status |= tpc_event_set(event, field, visit->values[field], visit->lengths[field], NULL);
    }
    status |= tpc_event_set_integer_property(event, "status", 6, visit->status, NULL);
    status |= tpc_event_set_string_property(event, "plan", 4, visit->plan, 10, NULL);
    status |= tpc_event_set_boolean_property(event, "cached", 6, visit->cached, NULL);
    if (status != TPC_OK) {
        fprintf(stderr, "sender: a field or property was refused\n");
        exit(1);
    }
}
