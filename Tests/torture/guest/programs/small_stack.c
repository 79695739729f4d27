/*
 * Every call of the library, with events small and large, on threads whose stacks are as small as they come.
 *
 *     small_stack KIBIBYTES
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <limits.h>
#include <pthread.h>
#include <sys/mman.h>

enum { PATIENCE = 60000, LARGE = 1 << 20 };

static char *json_of(size_t length) {
    static const char head[] =
        "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"},\"properties\":{\"text\":\"";
    char *text = malloc(length + 1);
    CHECK(text != NULL && length > sizeof head + 4);
    memset(text, 'x', length);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + length - 3, "\"}}", 4);
    return text;
}

/* So many arrays in each other, as deep as a JSON text may be and deeper. */
static char *nested(size_t depth) {
    static const char head[] = "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"},\"more\":";
    char *text = malloc(sizeof head + 2 * depth + 2);
    CHECK(text != NULL);
    size_t at = sizeof head - 1;
    memcpy(text, head, at);
    memset(text + at, '[', depth);
    memset(text + at + depth, ']', depth);
    memcpy(text + at + 2 * depth, "}", 2);
    return text;
}

static void track_text(tpc_client *client, char *text, int32_t wanted) {
    tpc_error error;
    tpc_event *event;
    int32_t status = tpc_client_track_json(client, text, TPC_NTS, &error);
    if (status != wanted) fprintf(stderr, "%d %s: %s\n", (int)status, error.field, error.message);
    CHECK(status == wanted);
    if (tpc_event_from_json(text, TPC_NTS, &event, NULL) == TPC_OK) {
        tpc_event_validate(event, NULL);
        size_t length;
        CHECK(tpc_event_to_json(event, NULL, 0, &length) == TPC_ERROR_BUFFER_TOO_SMALL && length > 0);
        tpc_event_free(event);
    }
    free(text);
}

static void track_request(tpc_client *client) {
    static const char request[] =
        "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"example.com\",\"target\":\"/a b/%zz?q=\xc3\xa4\","
        "\"remoteAddress\":\"10.0.0.1\",\"status\":200,"
        "\"headers\":{\"user-agent\":\"GPTBot/1.2\",\"x-forwarded-for\":\"192.0.2.7, 10.0.0.2\"},"
        "\"event\":{\"properties\":{\"plan\":\"pro\",\"seats\":12.5}}}";
    const char *left_out, *name;
    CHECK(tpc_client_track_request(client, request, TPC_NTS, &left_out, NULL) == TPC_OK && left_out == NULL);
    CHECK(tpc_ai_agent("Mozilla/5.0 (compatible; GPTBot/1.2)", TPC_NTS, &name, NULL, NULL) == 1);
}

static void *use_everything(void *context) {
    (void)context;
    char repaired[64];
    size_t length;
    tpc_report *report;
    tpc_client *client = client_open(), *shared;
    CHECK(client_track(client, "small", 0) == TPC_OK);
    track_text(client, json_of(32 * 1024), TPC_OK);
    track_text(client, json_of(LARGE - 1024), TPC_OK);
    track_text(client, json_of(LARGE), TPC_ERROR_TOO_LARGE);
    track_text(client, nested(32), TPC_OK);
    track_text(client, nested(100000), TPC_ERROR_TOO_LARGE);
    track_request(client);
    CHECK(tpc_uri_encode("https://example.com/a b", TPC_NTS, repaired, sizeof repaired, &length, NULL) == TPC_OK);
    CHECK(tpc_client_report_descriptor(client) >= 0);
    CHECK(tpc_client_flush(client, PATIENCE, NULL) == TPC_OK);
    CHECK(tpc_client_poll(client, 0, &report) == TPC_OK && report != NULL);
    CHECK(tpc_report_outcome(report) == TPC_OUTCOME_DELIVERED && tpc_report_received_at(report)[0] != 0);
    tpc_report_free(report);
    CHECK(client_stats(client).delivered == 5);
    CHECK(tpc_client_close(client, PATIENCE, NULL) == TPC_OK);
    CHECK(tpc_client_shared(NULL, &shared, NULL) == TPC_OK);
    CHECK(client_track(shared, "shared", 0) == TPC_OK);
    CHECK(tpc_client_close(shared, PATIENCE, NULL) == TPC_OK);
    return NULL;
}

/* How many bytes of a stack were ever written to. */
static size_t used(const unsigned char *stack, size_t size) {
    size_t untouched = 0;
    while (untouched < size && stack[untouched] == 0) untouched++;
    return size - untouched;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    size_t size = (size_t)atol(arguments[1]) * 1024, page = (size_t)sysconf(_SC_PAGESIZE);
    pthread_attr_t attributes;
    pthread_t thread;
    /* Below it, a page that ends whoever steps on it. */
    unsigned char *memory = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && mprotect(memory, page, PROT_NONE) == 0);
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, memory + page, size) == 0);
    CHECK(pthread_create(&thread, &attributes, use_everything, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("{\"used\": %zu, \"size\": %zu}\n", used(memory + page, size), size);
    return 0;
}
