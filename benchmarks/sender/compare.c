/*
 * compare.c - what a call costs beside the bare work of a plain C program (reference/plain.c), in one run.
 *
 * Chunks of every kind take turns, so that all meet the same machine; the ratio of a chunk to the plain chunk of its turn is one
 * sample. The client makes events and delivers none (dry_run), and the plain program's nodes are freed between the chunks: the
 * memory of both is there already. With `-k KIND`, only that kind runs, for callgrind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "modes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../common/measure.h"
#include "../reference/plain.h"

#define BROWSER "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

enum { CHUNK = 300, TEXTS = TPC_REQUEST_X_FORWARDED_PROTO + 1 };

/* What every kind works on. */
struct work {
    tpc_client *client, *agents_only;
    tpc_event *event;
    struct visit visit, written, page; /* the workload's, as it is written, and the one that the request becomes */
    const char *texts[TEXTS];
    size_t lengths[TEXTS];
    char json[1024];
    size_t json_length;
};

static void plain_event(struct work *work, struct plain_queue *queue) { plain_track(queue, &work->written); }
static void plain_page(struct work *work, struct plain_queue *queue) { plain_track(queue, &work->page); }

static void setters(struct work *work, struct plain_queue *queue) {
    (void)queue;
    tpc_event_clear(work->event);
    fill_event(work->event, &work->visit, 0);
    require(tpc_client_track(work->client, work->event, NULL), "tpc_client_track", NULL);
}

static void track_texts(struct work *work, tpc_client *client) {
    tpc_error error;
    int32_t status =
        tpc_client_track_request_fields(client, work->texts, work->lengths, TEXTS, NULL, NULL, &error);
    require(status, "tpc_client_track_request_fields", &error);
}

static void texts(struct work *work, struct plain_queue *queue) {
    (void)queue;
    track_texts(work, work->client);
}

static void json(struct work *work, struct plain_queue *queue) {
    (void)queue;
    require(tpc_client_track_request(work->client, work->json, work->json_length, NULL, NULL), "tpc_client_track_request", NULL);
}

/* One text of the request replaced by another during the call. */
static void replaced(struct work *work, int number, const char *text) {
    const char *former = work->texts[number];
    size_t length = work->lengths[number];
    work->texts[number] = text;
    work->lengths[number] = strlen(text);
    track_texts(work, work->client);
    work->texts[number] = former;
    work->lengths[number] = length;
}

static void by_method(struct work *work, struct plain_queue *queue) {
    (void)queue;
    replaced(work, TPC_REQUEST_METHOD, "POST");
}

static void by_status(struct work *work, struct plain_queue *queue) {
    (void)queue;
    replaced(work, TPC_REQUEST_STATUS, "404");
}

static void by_type(struct work *work, struct plain_queue *queue) {
    (void)queue;
    replaced(work, TPC_REQUEST_CONTENT_TYPE, "image/png");
}

static void by_agent(struct work *work, struct plain_queue *queue) {
    (void)queue;
    track_texts(work, work->agents_only);
}

static void ai_agent(struct work *work, struct plain_queue *queue) {
    (void)work, (void)queue;
    if (tpc_ai_agent(BROWSER, sizeof BROWSER - 1, NULL, NULL, NULL)) exit(1);
}

static const struct {
    const char *name;
    void (*run)(struct work *work, struct plain_queue *queue);
} kinds[] = {
    {"plain_event", plain_event}, {"setters", setters},     {"plain_page", plain_page}, {"texts", texts},
    {"json", json},               {"by_method", by_method}, {"by_status", by_status},   {"by_type", by_type},
    {"by_agent", by_agent},       {"ai_agent", ai_agent},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void set_text(struct work *work, int number, const char *text) {
    work->texts[number] = text;
    work->lengths[number] = strlen(text);
}

static void set_value(struct visit *visit, int field, const char *text) {
    visit->values[field] = text;
    visit->lengths[field] = strlen(text);
}

/* A request, and the visit that it becomes. */
static void make_request(struct work *work) {
    struct visit *page = &work->page;
    static const char form[] =
        "{\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"www.example.com\",\"target\":\"/guides/setup?plan=pro\",\"status\":200,"
        "\"contentType\":\"text/html; charset=utf-8\",\"remoteAddress\":\"10.0.0.1\",\"headers\":{\"user-agent\":\"%s\",\"referer\":"
        "\"https://search.example/q\",\"x-forwarded-for\":\"192.0.2.7\",\"x-forwarded-proto\":\"https\"}}";

    work->json_length = (size_t)snprintf(work->json, sizeof work->json, form, BROWSER);
    set_text(work, TPC_REQUEST_METHOD, "GET");
    set_text(work, TPC_REQUEST_SCHEME, "https");
    set_text(work, TPC_REQUEST_HOST, "www.example.com");
    set_text(work, TPC_REQUEST_TARGET, "/guides/setup?plan=pro");
    set_text(work, TPC_REQUEST_REMOTE_ADDRESS, "10.0.0.1");
    set_text(work, TPC_REQUEST_CONTENT_TYPE, "text/html; charset=utf-8");
    set_text(work, TPC_REQUEST_STATUS, "200");
    set_text(work, TPC_REQUEST_USER_AGENT, BROWSER);
    set_text(work, TPC_REQUEST_REFERER, "https://search.example/q");
    set_text(work, TPC_REQUEST_X_FORWARDED_FOR, "192.0.2.7");
    set_text(work, TPC_REQUEST_X_FORWARDED_PROTO, "https");
    visit_make(page, 1);
    visit_add_sdk(page);
    page->values[TPC_FIELD_SESSION_ID] = page->values[TPC_FIELD_ANONYMOUS_ID] = NULL;
    page->values[TPC_FIELD_PAGE_TITLE] = page->values[TPC_FIELD_PAGE_CANONICAL_URL] = NULL;
    page->plan = NULL;
    set_value(page, TPC_FIELD_PAGE_HREF, "https://www.example.com/guides/setup?plan=pro");
    set_value(page, TPC_FIELD_PAGE_DOMAIN, "www.example.com");
    set_value(page, TPC_FIELD_PAGE_PATHNAME, "/guides/setup");
    set_value(page, TPC_FIELD_REQUEST_REFERRER, "https://search.example/q");
    set_value(page, TPC_FIELD_REQUEST_USER_AGENT, BROWSER);
    set_value(page, TPC_FIELD_REQUEST_CLIENT_IP, "192.0.2.7");
}

static tpc_client *open_dry(const char *only_ai_agents) {
    tpc_client *client;
    tpc_error error;
    tpc_options *options = tpc_options_new();
    const char *const values[][2] = {
        {"dry_run", "true"}, {"trusted_proxies", "private"}, {"only_ai_agents", only_ai_agents}, {"api_key", API_KEY}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        require(tpc_options_set(options, values[i][0], TPC_NTS, values[i][1], TPC_NTS, &error), values[i][0], &error);
    require(tpc_client_new(options, &client, &error), "tpc_client_new", &error);
    tpc_options_free(options);
    return client;
}

static double run_chunk(struct work *work, size_t kind, unsigned count) {
    struct plain_queue queue;
    plain_open(&queue);
    uint64_t start = clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned i = 0; i < count; i++) kinds[kind].run(work, &queue);
    uint64_t end = clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    plain_close(&queue);
    return (double)(end - start) / count;
}

/* One line of JSON: for each kind, what a call took in each round, in nanoseconds. */
static void run_rounds(struct work *work, unsigned rounds) {
    double *samples = malloc(rounds * KINDS * sizeof *samples);
    if (!samples) exit(1);
    for (unsigned round = 0; round < rounds; round++)
        for (size_t kind = 0; kind < KINDS; kind++) samples[kind * rounds + round] = run_chunk(work, kind, CHUNK);
    for (size_t kind = 0; kind < KINDS; kind++) {
        printf("%s\"%s\": [", kind ? ", " : "{", kinds[kind].name);
        for (unsigned round = 0; round < rounds; round++) printf("%s%.1f", round ? ", " : "", samples[kind * rounds + round]);
        printf("]");
    }
    printf("}\n");
    free(samples);
}

int measure_ratios(const struct arguments *arguments) {
    static struct work work;
    work.client = open_dry("false");
    work.agents_only = open_dry("true");
    work.event = tpc_event_new();
    visit_make(&work.visit, 1);
    work.written = work.visit;
    visit_add_sdk(&work.written);
    make_request(&work);
    if (arguments->kind) {
        for (size_t kind = 0; kind < KINDS; kind++)
            if (strcmp(kinds[kind].name, arguments->kind) == 0) run_chunk(&work, kind, arguments->count);
        printf("{}\n");
    } else {
        run_rounds(&work, arguments->rounds);
    }
    tpc_event_free(work.event);
    tpc_client_close(work.client, 0, NULL);
    tpc_client_close(work.agents_only, 0, NULL);
    return 0;
}
