/*
 * The scenario driver of C: one JSON object a line in, one answer a line out, until the end of input.
 *
 * Events are filled in with the setters, as a C program does; one that these cannot express (unknown members, values of a
 * wrong type, empty objects) goes through tpc_event_from_json.
 *
 * With the argument "texts", web requests are passed as texts rather than as JSON, except those that texts cannot express.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <tpc.h>

static tpc_client *client;
static tpc_event *visit;
static int passes_texts;

/* The contract's fields by their number, TPC_FIELD_...: the object that holds each ("" for the event) and its name. */
static const struct {
    const char *object, *name;
} FIELDS[] = {
    {"", "event"}, {"", "occurredAt"}, {"", "eventId"}, {"", "sessionId"}, {"", "anonymousId"},
    {"page", "href"}, {"page", "domain"}, {"page", "pathname"}, {"page", "title"}, {"page", "canonicalUrl"},
    {"request", "referrer"}, {"request", "userAgent"}, {"request", "clientIp"}, {"request", "method"},
    {"sdk", "name"}, {"sdk", "version"}, {"sdk", "runtime"},
};
enum { FIELD_COUNT = sizeof FIELDS / sizeof FIELDS[0] };

/* ---- Answers ------------------------------------------------------------------------------------------------------ */

/* Of a failure; error may be NULL for calls that take none. */
static json_t *failure(int32_t status, const tpc_error *error) {
    return json_pack("{s:{s:s, s:s, s:s}}", "error", "code", tpc_status_name(status), "field", error ? error->field : "",
                     "message", error ? error->message : "");
}

static json_t *verdict(int32_t status, const tpc_error *error) {
    return status == TPC_OK ? json_pack("{s:b}", "ok", 1) : failure(status, error);
}

/* Of flush and close, whose timeout is a number rather than an error. */
static json_t *remaining(int32_t status, const char *name, size_t count) {
    if (status != TPC_OK && status != TPC_ERROR_TIMEOUT) return failure(status, NULL);
    return json_pack("{s:b, s:I}", "ok", 1, name, (json_int_t)count);
}

/* ---- Options ------------------------------------------------------------------------------------------------------ */

static int32_t set_option(tpc_options *options, const char *name, json_t *value, tpc_error *error) {
    char number[64];
    const char *text = number;
    size_t length = TPC_NTS;
    if (json_is_string(value)) {
        text = json_string_value(value);
        length = json_string_length(value);
    } else if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
    } else if (json_is_real(value)) {
        snprintf(number, sizeof number, "%.15g", json_real_value(value));
    } else {
        text = json_is_true(value) ? "true" : "false";
    }
    return tpc_options_set(options, name, TPC_NTS, text, length, error);
}

static json_t *open_client(json_t *request) {
    tpc_error error;
    tpc_options *options = tpc_options_new();
    int32_t status = TPC_OK;
    const char *name;
    json_t *value;
    /* A client that is closed already stays so. */
    tpc_client_close(client, 0, NULL);
    if (!json_is_false(json_object_get(request, "environment"))) status = tpc_options_load_environment(options, &error);
    json_object_foreach(json_object_get(request, "options"), name, value) {
        if (status == TPC_OK) status = set_option(options, name, value, &error);
    }
    if (status == TPC_OK) status = tpc_client_new(options, &client, &error);
    tpc_options_free(options);
    return verdict(status, &error);
}

/* ---- Events ------------------------------------------------------------------------------------------------------- */

/* The field's value in the event; NULL when it is absent. */
static json_t *field_value(json_t *event, int field) {
    json_t *object = *FIELDS[field].object ? json_object_get(event, FIELDS[field].object) : event;
    return json_object_get(object, FIELDS[field].name);
}

static int is_field(const char *object, const char *name) {
    for (int field = 0; field < FIELD_COUNT; field++)
        if (strcmp(FIELDS[field].object, object) == 0 && strcmp(FIELDS[field].name, name) == 0) return 1;
    return 0;
}

static int is_property(json_t *value) { return !json_is_object(value) && !json_is_array(value); }

/* Whether the setters can say all of one object. An empty one has nothing that could be set. */
static int is_settable_object(const char *object, json_t *members) {
    const char *name;
    json_t *value;
    if (json_object_size(members) == 0) return 0;
    json_object_foreach(members, name, value) {
        if (strcmp(object, "properties") == 0 ? !is_property(value)
                                              : !is_field(object, name) || !(json_is_string(value) || json_is_null(value)))
            return 0;
    }
    return 1;
}

static int is_settable(json_t *event) {
    const char *name;
    json_t *value;
    json_object_foreach(event, name, value) {
        int is_object = strcmp(name, "page") == 0 || strcmp(name, "request") == 0 || strcmp(name, "sdk") == 0 ||
                        strcmp(name, "properties") == 0;
        if (is_object ? !is_settable_object(name, value)
                      : !is_field("", name) || !(json_is_string(value) || json_is_null(value)))
            return 0;
    }
    return 1;
}

static int32_t set_field(int field, json_t *value, tpc_error *error) {
    if (json_is_null(value)) return tpc_event_set_null(visit, field, error);
    return tpc_event_set(visit, field, json_string_value(value), json_string_length(value), error);
}

static int32_t set_property(const char *key, size_t length, json_t *value, tpc_error *error) {
    switch (json_typeof(value)) {
    case JSON_STRING:
        return tpc_event_set_string_property(visit, key, length, json_string_value(value), json_string_length(value), error);
    case JSON_INTEGER: return tpc_event_set_integer_property(visit, key, length, json_integer_value(value), error);
    case JSON_REAL: return tpc_event_set_number_property(visit, key, length, json_real_value(value), error);
    case JSON_NULL: return tpc_event_set_null_property(visit, key, length, error);
    default: return tpc_event_set_boolean_property(visit, key, length, json_is_true(value), error);
    }
}

static int32_t fill(json_t *event, tpc_error *error) {
    int32_t status = TPC_OK;
    const char *key;
    json_t *value;
    tpc_event_clear(visit);
    for (int field = 0; field < FIELD_COUNT && status == TPC_OK; field++) {
        value = field_value(event, field);
        if (value) status = set_field(field, value, error);
    }
    json_object_foreach(json_object_get(event, "properties"), key, value) {
        if (status == TPC_OK) status = set_property(key, strlen(key), value, error);
    }
    return status;
}

static int32_t track_with_setters(json_t *event, tpc_error *error) {
    int32_t status = fill(event, error);
    return status == TPC_OK ? tpc_client_track(client, visit, error) : status;
}

static int32_t track_as_json(json_t *event, tpc_error *error) {
    /* The name is the library's to fill in, for setters; JSON has to have it. */
    if (!json_object_get(event, "event")) json_object_set_new(event, "event", json_string("page_visit"));
    char *text = json_dumps(event, JSON_COMPACT);
    tpc_event *read;
    int32_t status = tpc_event_from_json(text, TPC_NTS, &read, error);
    if (status == TPC_OK) status = tpc_client_track(client, read, error);
    tpc_event_free(read);
    free(text);
    return status;
}

static json_t *track(json_t *request) {
    tpc_error error;
    json_t *event = json_object_get(request, "event");
    return verdict(json_object_get(event, "page") && is_settable(event) ? track_with_setters(event, &error) : track_as_json(event, &error), &error);
}

static json_t *track_json(json_t *request) {
    tpc_error error;
    json_t *text = json_object_get(request, "text");
    return verdict(tpc_client_track_json(client, json_string_value(text), json_string_length(text), &error), &error);
}

/* ---- Web requests and agents ------------------------------------------------------------------------------------- */

/* By number, TPC_REQUEST_...; the headers follow at TPC_REQUEST_USER_AGENT. */
static const char *const PARTS[] = {"method", "scheme", "host", "target", "remoteAddress", "clientAddress", "contentType", "status"};
enum { PART_COUNT = sizeof PARTS / sizeof PARTS[0], TEXT_COUNT = TPC_REQUEST_TRACEPARENT + 1 };

struct texts {
    char *values[TEXT_COUNT];
    size_t lengths[TEXT_COUNT];
};

/* Adds a part's text, after a comma if it has one already. Returns 0 for a value that is not a text. */
static int add_text(struct texts *texts, size_t number, json_t *value) {
    char status[32];
    const char *text = json_string_value(value);
    size_t length = json_string_length(value), before = texts->lengths[number];
    if (number == TPC_REQUEST_STATUS) {
        if (!json_is_integer(value)) return 0;
        length = (size_t)snprintf(status, sizeof status, "%lld", (long long)json_integer_value(value));
        text = status;
    }
    if (!text) return 0;
    int is_first = !texts->values[number];
    texts->values[number] = realloc(texts->values[number], before + length + 3);
    memcpy(texts->values[number] + before, is_first ? "" : ", ", is_first ? 0 : 2);
    memcpy(texts->values[number] + before + (is_first ? 0 : 2), text, length);
    texts->lengths[number] = before + length + (is_first ? 0 : 2);
    return 1;
}

static int add_header(struct texts *texts, const char *name, json_t *value) {
    size_t index, number = 0;
    json_t *element;
    const char *known;
    while ((known = tpc_request_header(number)) && strcasecmp(known, name) != 0) number++;
    if (!known) return 1;
    number += TPC_REQUEST_USER_AGENT;
    /* The last of two members of one name counts. */
    texts->lengths[number] = 0, free(texts->values[number]), texts->values[number] = NULL;
    if (json_is_null(value)) return 1;
    if (!json_is_array(value)) return add_text(texts, number, value);
    json_array_foreach(value, index, element) if (!add_text(texts, number, element)) return 0;
    return json_array_size(value) > 0;
}

/* Whether texts can say all of the request; they then do. */
static int make_texts(json_t *request, struct texts *texts) {
    const char *name;
    json_t *value, *headers = json_object_get(request, "headers");
    json_object_foreach(request, name, value) {
        size_t number = 0;
        while (number < PART_COUNT && strcmp(PARTS[number], name) != 0) number++;
        int is_part = number < PART_COUNT;
        if (!is_part && strcmp(name, "headers") != 0 && strcmp(name, "event") != 0) return 0;
        if (json_is_null(value)) continue;
        if (is_part ? !add_text(texts, number, value) : !json_is_object(value)) return 0;
    }
    json_object_foreach(headers, name, value) if (!add_header(texts, name, value)) return 0;
    return 1;
}

static int32_t track_texts(json_t *request, const char **left_out, int *is_done, tpc_error *error) {
    struct texts texts = {0};
    json_t *event = json_object_get(request, "event");
    int32_t status = TPC_OK;
    int has_event = event && !json_is_null(event);
    *is_done = (!has_event || (is_settable(event) && fill(event, NULL) == TPC_OK)) && make_texts(request, &texts);
    if (*is_done)
        status = tpc_client_track_request_fields(client, (const char *const *)texts.values, texts.lengths, TEXT_COUNT,
                                                 has_event ? visit : NULL, left_out, error);
    for (int number = 0; number < TEXT_COUNT; number++) free(texts.values[number]);
    return status;
}

static json_t *track_request(json_t *request) {
    tpc_error error;
    const char *left_out;
    int is_done = 0;
    int32_t status = TPC_OK;
    json_t *web_request = json_object_get(request, "request");
    if (passes_texts) status = track_texts(web_request, &left_out, &is_done, &error);
    if (!is_done) {
        char *text = json_dumps(web_request, JSON_COMPACT | JSON_REAL_PRECISION(15));
        status = tpc_client_track_request(client, text, TPC_NTS, &left_out, &error);
        free(text);
    }
    return status == TPC_OK ? json_pack("{s:b, s:s?}", "ok", 1, "left_out", left_out) : failure(status, &error);
}

static json_t *ai_agent(json_t *request) {
    const char *name, *operator_name, *purpose;
    json_t *text = json_object_get(request, "user_agent");
    if (!tpc_ai_agent(json_string_value(text), json_string_length(text), &name, &operator_name, &purpose))
        return json_pack("{s:b, s:n}", "ok", 1, "agent");
    return json_pack("{s:b, s:{s:s, s:s, s:s}}", "ok", 1, "agent", "name", name, "operator", operator_name, "purpose", purpose);
}

static json_t *ai_answer(json_t *request) {
    const char *name, *operator_name, *evidence;
    json_t *referrer = json_object_get(request, "referrer"), *href = json_object_get(request, "href");
    if (!tpc_ai_answer(json_string_value(referrer), json_string_length(referrer), json_string_value(href),
                       json_string_length(href), &name, &operator_name, &evidence))
        return json_pack("{s:b, s:n}", "ok", 1, "answer");
    return json_pack("{s:b, s:{s:s, s:s, s:s}}", "ok", 1, "answer", "name", name, "operator", operator_name, "evidence",
                     evidence);
}

/* ---- What became of them ------------------------------------------------------------------------------------------ */

static int32_t timeout_of(json_t *request) { return (int32_t)json_integer_value(json_object_get(request, "timeout_ms")); }

static json_t *flush(json_t *request) {
    size_t pending;
    int32_t status = tpc_client_flush(client, timeout_of(request), &pending);
    return remaining(status, "pending", pending);
}

static json_t *close_client(json_t *request) {
    size_t undelivered;
    int32_t status = tpc_client_close(client, timeout_of(request), &undelivered);
    return remaining(status, "undelivered", undelivered);
}

static json_t *release(json_t *request) {
    (void)request;
    return verdict(tpc_client_release(client), NULL);
}

static json_t *log_lines(json_t *request) {
    char line[512];
    size_t length;
    json_t *lines = json_array();
    (void)request;
    while (tpc_log_take(line, sizeof line, &length) == TPC_OK && length > 0) json_array_append_new(lines, json_stringn(line, length));
    return json_pack("{s:b, s:o}", "ok", 1, "log", lines);
}

static json_t *stats(json_t *request) {
    tpc_stats stats;
    (void)request;
    int32_t status = tpc_client_stats(client, &stats, sizeof stats);
    if (status != TPC_OK) return failure(status, NULL);
    json_t *numbers = json_object();
#define NUMBER(name) json_object_set_new(numbers, #name, json_integer((json_int_t)stats.name))
    NUMBER(accepted), NUMBER(delivered), NUMBER(rejected), NUMBER(expired), NUMBER(abandoned), NUMBER(pending);
    NUMBER(refused_invalid), NUMBER(refused_too_large), NUMBER(refused_queue_full), NUMBER(refused_system);
    NUMBER(sampled_out), NUMBER(disabled), NUMBER(requests), NUMBER(failed_requests), NUMBER(retries);
    NUMBER(odd_responses), NUMBER(reports_dropped), NUMBER(queue_bytes), NUMBER(in_flight), NUMBER(left_out);
    NUMBER(spooled), NUMBER(adopted), NUMBER(unspooled), NUMBER(spool_bytes), NUMBER(spool_errors), NUMBER(spool_corrupt);
#undef NUMBER
    return json_pack("{s:b, s:o}", "ok", 1, "stats", numbers);
}

static json_t *report_json(const tpc_report *report) {
    static const char *const OUTCOMES[] = {"", "delivered", "rejected", "expired", "abandoned", "spooled"};
    return json_pack("{s:s, s:s, s:i, s:I, s:s, s:s, s:s, s:s}", "outcome", OUTCOMES[tpc_report_outcome(report)],
                     "event_id", tpc_report_event_id(report), "http_status", (int)tpc_report_http_status(report),
                     "attempts", (json_int_t)tpc_report_attempts(report), "code", tpc_report_code(report),
                     "message", tpc_report_message(report), "details", tpc_report_details(report),
                     "received_at", tpc_report_received_at(report));
}

static json_t *reports(json_t *request) {
    json_t *list = json_array();
    tpc_report *report;
    int32_t status;
    (void)request;
    while ((status = tpc_client_poll(client, 0, &report)) == TPC_OK && report) {
        json_array_append_new(list, report_json(report));
        tpc_report_free(report);
    }
    if (status == TPC_OK) return json_pack("{s:b, s:o}", "ok", 1, "reports", list);
    json_decref(list);
    return failure(status, NULL);
}

/* ---- Lines -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    json_t *(*answer)(json_t *request);
} CALLS[] = {
    {"open", open_client}, {"track", track}, {"track_json", track_json}, {"track_request", track_request},
    {"ai_agent", ai_agent}, {"ai_answer", ai_answer}, {"flush", flush}, {"close", close_client},
    {"release", release}, {"log", log_lines}, {"stats", stats}, {"reports", reports},
};

static json_t *answer(json_t *request) {
    const char *call = json_string_value(json_object_get(request, "call"));
    for (size_t index = 0; call && index < sizeof CALLS / sizeof CALLS[0]; index++)
        if (strcmp(CALLS[index].name, call) == 0) return CALLS[index].answer(request);
    fprintf(stderr, "unknown call: %s\n", call ? call : "(none)");
    exit(2);
}

int main(int count, char **arguments) {
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    passes_texts = count > 1 && strcmp(arguments[1], "texts") == 0;
    visit = tpc_event_new();
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        json_error_t flaw;
        json_t *request = json_loadb(line, (size_t)length, JSON_ALLOW_NUL, &flaw);
        if (!request) {
            fprintf(stderr, "not JSON: %s\n", flaw.text);
            return 2;
        }
        json_t *reply = answer(request);
        char *text = json_dumps(reply, JSON_COMPACT);
        puts(text);
        fflush(stdout);
        free(text);
        json_decref(reply);
        json_decref(request);
    }
    free(line);
    tpc_event_free(visit);
    tpc_client_close(client, 0, NULL);
    return 0;
}
