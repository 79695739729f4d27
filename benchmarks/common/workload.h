/*
 * workload.h - the page visit that both senders send: 13 fields of the contract and 3 properties, about 700 bytes of JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

/* As many values as the contract has fields, in its order: tpc.h numbers them the same way. */
enum { VISIT_FIELDS = 17 };

/* The values that a host has when a page is visited: texts and their lengths. A value that is NULL is not set. */
struct visit {
    const char *values[VISIT_FIELDS];
    size_t lengths[VISIT_FIELDS];
    int64_t status;        /* property "status" */
    const char *plan;      /* property "plan" */
    int cached;            /* property "cached" */
    char occurred_at[32];
    char event_id[40];
};

/* Fills in the visit of this number: an id and a time of its own, and one of a few pages and agents. */
void visit_make(struct visit *visit, unsigned number);

/* Adds the three fields of /sdk, which the library otherwise fills in by itself. */
void visit_add_sdk(struct visit *visit);

/* Writes the visit as the JSON that is posted, /sdk included; returns its length, or 0 when capacity is too small. */
size_t visit_json(const struct visit *visit, char *buffer, size_t capacity);

/* The path of the endpoint, and the key that both senders present. */
#define ENDPOINT_PATH "/api/v1/analytics/events"
#define API_KEY "tpc_benchmark_0123456789abcdef0123456789abcdef"

#endif
