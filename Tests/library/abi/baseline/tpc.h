/*
 * tpc.h - send The Prompting Company's page_visit events from any program.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * WHAT IT IS
 *
 * libtpc builds an event, checks it against the contract of
 *
 *     POST /api/v1/analytics/events
 *
 * and delivers it in the background: one JSON event a request, retried until the server has answered for it. It never
 * makes the caller wait for the network, and it accounts for every event it accepted.
 *
 * THE RULES
 *
 * Handles    Opaque. Whoever makes a thing frees it, and no call takes ownership of what it is given. Every free function
 *            takes NULL. A tpc_client is a token that is never dereferenced: a closed, stale or invented one is answered
 *            with TPC_ERROR_CLOSED.
 * Text       UTF-8, as a pointer and a length in bytes, copied before the call returns. TPC_NTS as the length means that
 *            the text ends at its first NUL.
 * Results    Every call that can fail returns TPC_OK (0) or a negative TPC_ERROR_... value. A tpc_error, which may be NULL
 *            everywhere, then names the field or option, what was found and what is accepted. It never holds a value that
 *            was given: neither a credential nor a visitor's data.
 * Threads    A client may be used from any thread. An event, an options object or a report is used by one thread at a
 *            time. Nothing of the caller's is ever called back.
 * Waiting    Only tpc_client_flush, tpc_client_close and tpc_client_poll wait, for timeout_ms milliseconds at the most:
 *            0 does not wait, and a negative number is TPC_ERROR_INVALID_ARGUMENT.
 * Forks      A forked child starts with an empty queue and a sender of its own; what the parent queued stays the parent's.
 *            Nothing has to be called for it.
 * Exit       Nothing is delivered at exit: call tpc_client_close before. Once there has been a client, handlers (atexit,
 *            pthread_atfork) keep the sender threads out of libcurl while the process ends or forks, since OpenSSL's state
 *            does not outlive the one and its locks do not survive the other.
 * Loading    Loading the library starts no thread and changes nothing in the process.
 *
 * EXAMPLE
 *
 *     #include <stdio.h>
 *     #include <tpc.h>
 *
 *     int main(void) {
 *         tpc_error error;
 *         tpc_client *client;
 *         tpc_event *visit = tpc_event_new();
 *
 *         if (tpc_client_new(NULL, &client, &error) != TPC_OK) {      // reads TPC_API_KEY and the like
 *             fprintf(stderr, "%s: %s\n", error.field, error.message);
 *             return 1;
 *         }
 *         tpc_event_set(visit, TPC_FIELD_PAGE_HREF, "https://example.com/pricing", TPC_NTS, &error);
 *         tpc_event_set(visit, TPC_FIELD_REQUEST_USER_AGENT, "GPTBot/1.2", TPC_NTS, &error);
 *         if (tpc_client_track(client, visit, &error) != TPC_OK)
 *             fprintf(stderr, "%s: %s\n", error.field, error.message);
 *         tpc_event_free(visit);
 *         return tpc_client_close(client, 5000, NULL) == TPC_OK ? 0 : 1;
 *     }
 */
#ifndef TPC_H
#define TPC_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header. tpc_version_string and tpc_version_number tell the library's. */
#define TPC_VERSION_MAJOR 0
#define TPC_VERSION_MINOR 1
#define TPC_VERSION_PATCH 0

/* As a length: the text ends at its first NUL byte. */
#define TPC_NTS ((size_t)-1)
/* As a length in tpc_event_set_fields: the field becomes JSON null; its pointer is not read. */
#define TPC_NULL ((size_t)-2)

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* BEGIN FFI: from here to END FFI there are plain declarations only, which PHP's FFI reads as they are. */

/* ---- Results ------------------------------------------------------------------------------------------------------ */

/* What a call returned. No signature uses the enum's type, so that it can grow. */
enum {
    TPC_OK = 0,
    TPC_ERROR_INVALID_ARGUMENT = -1, /* a NULL handle or pointer, a negative time, a field number that is none */
    TPC_ERROR_INVALID_OPTION = -2,   /* an unknown option, or a value that it does not take */
    TPC_ERROR_INVALID_EVENT = -3,    /* the contract refuses the event: tpc_error.field is a JSON pointer (RFC 6901) */
    TPC_ERROR_INVALID_JSON = -4,     /* the text is not JSON (RFC 8259) in valid UTF-8 */
    TPC_ERROR_TOO_LARGE = -5,        /* a limit is passed; the message names it */
    TPC_ERROR_QUEUE_FULL = -6,       /* queue_max_events or queue_max_bytes is reached: the event was not taken */
    TPC_ERROR_CLOSED = -7,           /* the client is closed, being closed, or was never one */
    TPC_ERROR_TIMEOUT = -8,          /* the time was up before all events were answered for */
    TPC_ERROR_NO_MEMORY = -9,        /* an allocation failed: nothing was changed */
    TPC_ERROR_BUFFER_TOO_SMALL = -10, /* the length that is needed was written */
    TPC_ERROR_SYSTEM = -11           /* the system refused a thread, a descriptor or a table's slot; the message says which */
};

/* Why a call failed. Both texts end with a NUL and are cut at a character's boundary where they are too long. */
typedef struct tpc_error {
    int32_t status;    /* the same value that the call returned */
    char field[60];    /* an option's name, or a JSON pointer into the event such as /page/href; may be empty */
    char message[192]; /* one English sentence: what was found and what is accepted */
} tpc_error;

/* The library's version, such as "0.1.0". Static: never freed. */
const char *tpc_version_string(void);
/* The same as one number: major * 1000000 + minor * 1000 + patch. */
uint32_t tpc_version_number(void);
/* The name of a status, such as "TPC_ERROR_QUEUE_FULL"; "TPC_ERROR_UNKNOWN" for a number that is none. Static. */
const char *tpc_status_name(int32_t status);

/* ---- Options ------------------------------------------------------------------------------------------------------ */

/* A set of options. README.md has the table of their names, defaults and ranges. */
typedef struct tpc_options tpc_options;

/* The defaults; reads neither environment nor files. NULL when memory ran out. Free with tpc_options_free. */
tpc_options *tpc_options_new(void);
/*
 * Takes over every option that the environment sets: TPC_API_KEY and the like, THE_PROMPTING_COMPANY_BASE_URL,
 * THE_PROMPTING_COMPANY_LOG. An empty variable counts as unset. On a bad value: TPC_ERROR_INVALID_OPTION, error.field is
 * the variable's name, and no option is changed. Call it while no other thread changes the environment.
 */
int32_t tpc_options_load_environment(tpc_options *options, tpc_error *error);
/*
 * Sets one option from text: "30000", "true", "0.25". TPC_ERROR_INVALID_OPTION for an unknown name (the message offers the
 * nearest one) or a bad value (it says what is accepted).
 */
int32_t tpc_options_set(tpc_options *options, const char *name, size_t name_length, const char *value,
                        size_t value_length, tpc_error *error);
void tpc_options_free(tpc_options *options);

/* ---- Events ------------------------------------------------------------------------------------------------------- */

/* One page visit: the contract's request body. Used by one thread at a time; track takes a copy, so it can be reused. */
typedef struct tpc_event tpc_event;

/* The fields of the contract, in its order. Those marked (null) may also be JSON null. */
enum {
    TPC_FIELD_EVENT = 0,            /* /event: "page_visit", which is also its value when it is not set */
    TPC_FIELD_OCCURRED_AT = 1,      /* /occurredAt: RFC 3339 date-time; filled in by track when absent */
    TPC_FIELD_EVENT_ID = 2,         /* /eventId: at least one character; a UUIDv7 filled in by track when absent */
    TPC_FIELD_SESSION_ID = 3,       /* /sessionId (null) */
    TPC_FIELD_ANONYMOUS_ID = 4,     /* /anonymousId (null) */
    TPC_FIELD_PAGE_HREF = 5,        /* /page/href: RFC 3986 URI; the one field that has to be set */
    TPC_FIELD_PAGE_DOMAIN = 6,      /* /page/domain: taken from href by track when absent */
    TPC_FIELD_PAGE_PATHNAME = 7,    /* /page/pathname: taken from href by track when absent */
    TPC_FIELD_PAGE_TITLE = 8,       /* /page/title (null) */
    TPC_FIELD_PAGE_CANONICAL_URL = 9, /* /page/canonicalUrl: RFC 3986 URI (null) */
    TPC_FIELD_REQUEST_REFERRER = 10,  /* /request/referrer (null) */
    TPC_FIELD_REQUEST_USER_AGENT = 11, /* /request/userAgent (null) */
    TPC_FIELD_REQUEST_CLIENT_IP = 12, /* /request/clientIp (null) */
    TPC_FIELD_REQUEST_METHOD = 13,    /* /request/method (null) */
    TPC_FIELD_SDK_NAME = 14,          /* /sdk/name; filled in by track when the whole of /sdk is absent */
    TPC_FIELD_SDK_VERSION = 15,       /* /sdk/version */
    TPC_FIELD_SDK_RUNTIME = 16        /* /sdk/runtime */
};

/* An empty event. NULL when memory ran out. Free with tpc_event_free. */
tpc_event *tpc_event_new(void);
void tpc_event_free(tpc_event *event);
/* Makes the event empty again and keeps its memory: cheaper than a new one. */
void tpc_event_clear(tpc_event *event);

/*
 * Sets one field (TPC_FIELD_...). Refuses at once what the contract refuses: TPC_ERROR_INVALID_EVENT, and the field keeps
 * the value that it had. tpc_uri_encode repairs a URL that is refused.
 */
int32_t tpc_event_set(tpc_event *event, int32_t field, const char *value, size_t length, tpc_error *error);
/* Makes a field JSON null, which differs from absent. TPC_ERROR_INVALID_EVENT where the contract takes no null. */
int32_t tpc_event_set_null(tpc_event *event, int32_t field, tpc_error *error);
/*
 * Sets fields 0 to count - 1 at once, values[TPC_FIELD_...]: a NULL value leaves its field as it is, TPC_NULL as its length
 * makes it null. lengths may be NULL when every value ends with a NUL. Stops at the first one that is refused; the fields
 * before it are set.
 */
int32_t tpc_event_set_fields(tpc_event *event, const char *const *values, const size_t *lengths, size_t count,
                             tpc_error *error);

/* One member of /properties. Setting a key again replaces its value. */
int32_t tpc_event_set_string_property(tpc_event *event, const char *key, size_t key_length, const char *value,
                                      size_t value_length, tpc_error *error);
/* A finite number: JSON has no infinity and no NaN, so they are TPC_ERROR_INVALID_EVENT. */
int32_t tpc_event_set_number_property(tpc_event *event, const char *key, size_t key_length, double value,
                                      tpc_error *error);
int32_t tpc_event_set_integer_property(tpc_event *event, const char *key, size_t key_length, int64_t value,
                                       tpc_error *error);
/* 0 is false, anything else is true. */
int32_t tpc_event_set_boolean_property(tpc_event *event, const char *key, size_t key_length, int32_t value,
                                       tpc_error *error);
int32_t tpc_event_set_null_property(tpc_event *event, const char *key, size_t key_length, tpc_error *error);

/* Whether the contract takes the event as it stands. What is set is valid already: it looks for what is missing. */
int32_t tpc_event_validate(const tpc_event *event, tpc_error *error);
/*
 * Reads an event from JSON and refuses what the contract refuses. Members that the contract does not name are kept, and a
 * number's text stays as it is. On success *out is a new event, to be freed with tpc_event_free; otherwise NULL.
 */
int32_t tpc_event_from_json(const char *json, size_t length, tpc_event **out, tpc_error *error);
/*
 * Writes the event as JSON, with a NUL behind it; *length, which may be NULL, gets its length without the NUL.
 * TPC_ERROR_BUFFER_TOO_SMALL when capacity is not larger than that; buffer may then be NULL. Nothing is filled in.
 */
int32_t tpc_event_to_json(const tpc_event *event, char *buffer, size_t capacity, size_t *length);

/*
 * Repairs a URL that RFC 3986 refuses by percent-encoding what may not stand in it (spaces, non-ASCII text, control
 * characters, stray percent signs and brackets); spaces and control characters around it are left out, and a valid one stays
 * as it is. Written as tpc_event_to_json writes.
 * TPC_ERROR_INVALID_EVENT when no encoding can repair it: it has no scheme, or its host or port is not one.
 */
int32_t tpc_uri_encode(const char *text, size_t text_length, char *buffer, size_t capacity, size_t *length,
                       tpc_error *error);

/* ---- Clients ------------------------------------------------------------------------------------------------------ */

/* A queue, its sender thread and their connection to one endpoint. A token: any thread may use it, and copies of it. */
typedef struct tpc_client tpc_client;

/*
 * Makes a client with a copy of the options; NULL options are the defaults with the environment loaded. Starts no thread:
 * the first track does. TPC_ERROR_INVALID_OPTION when the options contradict each other or name no credential.
 */
int32_t tpc_client_new(const tpc_options *options, tpc_client **out, tpc_error *error);
/*
 * The process's one client of the name that the option `name` gives ("" when unset): made by the first call, handed out
 * again by later ones whatever their other options, until it is closed. For hosts such as PHP-FPM, whose worker outlives the
 * request that made the client.
 */
int32_t tpc_client_shared(const tpc_options *options, tpc_client **out, tpc_error *error);

/*
 * Checks the event, fills in what is absent, takes a copy as its final bytes and queues them. Never waits for the network.
 * TPC_OK: the event is accounted for to its end (or was left out by sample_rate or enabled, which the statistics count).
 */
int32_t tpc_client_track(tpc_client *client, const tpc_event *event, tpc_error *error);
/* The same from JSON: tpc_event_from_json and track in one call. */
int32_t tpc_client_track_json(tpc_client *client, const char *json, size_t length, tpc_error *error);

/*
 * Tries everything that waits for a retry at once (but never before a Retry-After) and waits until every event accepted
 * before the call is answered for. *pending, which may be NULL, gets how many are not. TPC_ERROR_TIMEOUT when some are.
 */
int32_t tpc_client_flush(tpc_client *client, int32_t timeout_ms, size_t *pending);
/*
 * Takes no more events, flushes until the time is up, aborts what is in flight and ends the thread. The token is closed
 * whatever is returned, except for a negative timeout_ms (TPC_ERROR_INVALID_ARGUMENT), which changes nothing. *undelivered, which may be NULL, gets how many events ended without being delivered because of it;
 * TPC_ERROR_TIMEOUT when there are any. Reports that were not polled are gone: poll first, or flush, poll and then close.
 */
int32_t tpc_client_close(tpc_client *client, int32_t timeout_ms, size_t *undelivered);

/*
 * What became of the events. At every moment accepted = delivered + rejected + expired + abandoned + pending. Fields are
 * only ever added at the end.
 */
typedef struct tpc_stats {
    uint64_t size;              /* bytes of this struct that the library filled in */
    uint64_t accepted;          /* taken into the queue */
    uint64_t delivered;         /* answered with 2xx, or dry_run */
    uint64_t rejected;          /* refused by the server for good */
    uint64_t expired;           /* not delivered within delivery_timeout_ms */
    uint64_t abandoned;         /* left when close ran out of time */
    uint64_t pending;           /* queued, in flight or waiting for a retry */
    uint64_t refused_invalid;   /* track: the contract refuses the event, or it is not JSON */
    uint64_t refused_too_large; /* track: larger than max_event_bytes */
    uint64_t refused_queue_full; /* track: the queue was full */
    uint64_t refused_system;    /* track: memory ran out, or the system refused a thread */
    uint64_t sampled_out;       /* track: left out by sample_rate */
    uint64_t disabled;          /* track: left out, since enabled is false */
    uint64_t requests;          /* HTTP requests that ended, whatever the answer */
    uint64_t failed_requests;   /* of these, the ones that were not answered with 2xx */
    uint64_t retries;           /* requests beyond an event's first */
    uint64_t odd_responses;     /* 2xx whose body is not what the contract says */
    uint64_t reports_dropped;   /* reports that found report_capacity taken; the oldest went */
    uint64_t queue_bytes;       /* bytes that the pending events hold */
    uint64_t in_flight;         /* requests under way */
} tpc_stats;

/* Fills in the first size bytes of *stats, as far as the library knows them; pass sizeof(tpc_stats). */
int32_t tpc_client_stats(tpc_client *client, tpc_stats *stats, size_t size);

/* ---- Delivery reports --------------------------------------------------------------------------------------------- */

/* How one event ended. Kept only when the option report_capacity is above 0. */
typedef struct tpc_report tpc_report;

enum {
    TPC_OUTCOME_DELIVERED = 1,
    TPC_OUTCOME_REJECTED = 2,
    TPC_OUTCOME_EXPIRED = 3,
    TPC_OUTCOME_ABANDONED = 4
};

/*
 * Takes the oldest report, waiting up to timeout_ms for one. TPC_OK with *out NULL when there was none in that time. Free
 * with tpc_report_free.
 */
int32_t tpc_client_poll(tpc_client *client, int32_t timeout_ms, tpc_report **out);
/*
 * A descriptor that is readable while there are reports, for poll(2), epoll or an event loop. It belongs to the client: do
 * not read from it or close it. -1 when the client is closed or report_capacity is 0.
 */
int tpc_client_report_descriptor(tpc_client *client);

/* TPC_OUTCOME_...; 0 for NULL. */
int32_t tpc_report_outcome(const tpc_report *report);
/*
 * The texts of a report end with a NUL, are valid until tpc_report_free and are "" where there is none. An event's id is
 * the one that was sent. code, message and details (as JSON) are the server's words, or for a network error the code
 * "network" and libcurl's description; for an event that expired or was abandoned those of the endpoint's last failure, or
 * "expired" or "abandoned" and a sentence when it had not failed.
 */
const char *tpc_report_event_id(const tpc_report *report);
/* The last HTTP status; 0 when no server answered. */
int32_t tpc_report_http_status(const tpc_report *report);
/* How many requests carried the event. */
uint32_t tpc_report_attempts(const tpc_report *report);
const char *tpc_report_code(const tpc_report *report);
const char *tpc_report_message(const tpc_report *report);
const char *tpc_report_details(const tpc_report *report);
/* The server's receivedAt, RFC 3339. */
const char *tpc_report_received_at(const tpc_report *report);
void tpc_report_free(tpc_report *report);

/* END FFI */

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
