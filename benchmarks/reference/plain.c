/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The contract's fields by number: the object that each is in ("" for the event), and its name. */
static const struct {
    const char *object, *name;
} fields[VISIT_FIELDS] = {
    {"", "event"}, {"", "occurredAt"}, {"", "eventId"}, {"", "sessionId"}, {"", "anonymousId"},
    {"page", "href"}, {"page", "domain"}, {"page", "pathname"}, {"page", "title"}, {"page", "canonicalUrl"},
    {"request", "referrer"}, {"request", "userAgent"}, {"request", "clientIp"}, {"request", "method"},
    {"sdk", "name"}, {"sdk", "version"}, {"sdk", "runtime"},
};

static char *put(char *at, const char *text) {
    while (*text) *at++ = *text++;
    return at;
}

/* A JSON string, escaped as RFC 8259 requires. */
static char *put_string(char *at, const char *text, size_t length) {
    *at++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\') {
            *at++ = '\\';
            *at++ = (char)byte;
        } else if (byte < 0x20) {
            at += sprintf(at, "\\u%04x", byte);
        } else {
            *at++ = (char)byte;
        }
    }
    *at++ = '"';
    return at;
}

static char *put_name(char *at, const char *name) {
    at = put(put(put(at, ",\""), name), "\":");
    return at;
}

static char *put_properties(char *at, const struct visit *visit) {
    at = put(at, ",\"properties\":{\"status\":");
    at += sprintf(at, "%lld", (long long)visit->status);
    if (visit->plan) {
        at = put_name(at, "plan");
        at = put_string(at, visit->plan, strlen(visit->plan));
        at = put(put_name(at, "cached"), visit->cached ? "true" : "false");
    }
    return put(at, "}");
}

static size_t write_json(char *json, const struct visit *visit) {
    const char *object = "";
    char *at = put(json, "{\"event\":\"page_visit\"");
    for (int field = 1; field < VISIT_FIELDS; field++) {
        if (!visit->values[field]) continue;
        if (strcmp(fields[field].object, object) != 0) {
            if (*object) *at++ = '}';
            object = fields[field].object;
            at = put_name(at, object);
            *at++ = '{';
            at = put(at, "\"");
            at = put(put(at, fields[field].name), "\":");
        } else {
            at = put_name(at, fields[field].name);
        }
        at = put_string(at, visit->values[field], visit->lengths[field]);
    }
    if (*object) *at++ = '}';
    at = put(put_properties(at, visit), "}");
    return (size_t)(at - json);
}

void plain_open(struct plain_queue *queue) {
    pthread_mutex_init(&queue->mutex, NULL);
    queue->first = NULL;
    queue->end = &queue->first;
}

void plain_close(struct plain_queue *queue) {
    for (struct plain_node *node = queue->first, *next; node; node = next) {
        next = node->next;
        free(node);
    }
    pthread_mutex_destroy(&queue->mutex);
}

void plain_track(struct plain_queue *queue, const struct visit *visit) {
    char json[8192]; /* no visit of the workload comes near */
    size_t length = write_json(json, visit);
    struct plain_node *node = malloc(sizeof *node + length);
    if (!node) exit(1);
    node->next = NULL;
    node->length = length;
    memcpy(node->json, json, length);
    pthread_mutex_lock(&queue->mutex);
    *queue->end = node;
    queue->end = &node->next;
    pthread_mutex_unlock(&queue->mutex);
}
