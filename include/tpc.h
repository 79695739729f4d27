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
 * and delivers it in the background: one JSON event per request, retried until the server has answered for it. It never
 * makes the caller wait for the network, and it accounts for every event that it accepted.
 *
 * THE RULES
 *
 * Handles    Opaque. Whoever creates an object frees it; no call takes ownership of what it is given. Every free
 *            function accepts NULL. A tpc_client is a token that is never dereferenced: a call with a closed, stale or
 *            invented one returns TPC_ERROR_CLOSED.
 * Text       UTF-8, passed as a pointer and a length in bytes, and copied before the call returns. TPC_NTS as the
 *            length means that the text ends at its first NUL. NULL with the length 0 is an empty text.
 * Results    Every call that can fail returns TPC_OK (0) or a negative TPC_ERROR_... value. The tpc_error, which may be
 *            NULL everywhere, then names the field or option, what was found and what is accepted. It never contains a
 *            value that was passed in: neither a credential nor a visitor's data.
 * Threads    Any thread may use a client. An event, an options object or a report may be used by one thread at a time.
 *            The library never calls back into the program.
 * Waiting    Only tpc_client_flush, tpc_client_close and tpc_client_poll wait, for at most timeout_ms milliseconds: 0
 *            means not at all, and a negative number is TPC_ERROR_INVALID_ARGUMENT. The limit holds whatever other
 *            threads, forks and signal handlers do; if another thread holds the client's lock, the call waits up to
 *            half a second more.
 * Forks      A forked child starts with an empty queue and a sender thread of its own; what the parent queued remains
 *            the parent's. No call is needed for this. A child that was forked at the very moment when another thread's
 *            first client was setting up libcurl may be refused a client of its own, with TPC_ERROR_SYSTEM. A fork
 *            waits up to 0.2 s for sender threads that are inside libcurl. A host whose fork handlers take a lock must
 *            not hold that lock while it creates the process's first client: before glibc 2.37, registering a handler
 *            waits for a fork that is in progress.
 * Exit       Nothing is delivered at exit unless the option exit_timeout_ms makes exit(3) wait for it: call
 *            tpc_client_close first. A process that ends in another way (a signal, _exit, Go) does not wait. Once
 *            there has been a client, handlers (atexit, pthread_atfork) keep the sender threads out of libcurl while
 *            the process exits or forks, because OpenSSL's state does not outlive the exit and its locks do not survive
 *            the fork. A thread that creates the first client while the process exits may be refused, with
 *            TPC_ERROR_SYSTEM.
 * Signals    A call that succeeds leaves errno unchanged and is not interrupted by signals; a pending pthread_cancel is
 *            acted on after it returns. The sender thread blocks all signals. Do not call the library from a signal
 *            handler unless the host leaves no choice (Apache's prefork ends its children in one). There, a client call
 *            that interrupted another call on the same thread takes no lock and allocates no memory. tpc_client_close
 *            closes the token, lets the sender go on for timeout_ms and returns TPC_ERROR_TIMEOUT with *undelivered 0;
 *            the interrupted call does the rest when the handler returns to it, which it must do unless it ends the
 *            process. tpc_client_flush and tpc_client_poll return TPC_ERROR_TIMEOUT at once,
 *            tpc_client_report_descriptor returns -1, and all other client calls and tpc_log_take return
 *            TPC_ERROR_SYSTEM. If the handler forks, the event stays with the parent. If the handler interrupted
 *            anything else that allocates, such as the host's own malloc or a call for an event, the library cannot
 *            tell, and a call may hang on malloc's lock.
 * Loading    Loading the library starts no thread and changes nothing in the process. The shared library stays loaded
 *            until the process ends, even after dlclose. A plug-in that contains the static library must close its
 *            clients, and see TPC_OK, before it is unloaded: their threads run in its code.
 *
 * FOR AUTHORS OF BINDINGS
 *
 * Options    Create the options, set the binding's own defaults (sdk_name, sdk_version, sdk_runtime), load the
 *            environment, and then set what the caller gave: each step overrides the one before. tpc_option_name has
 *            the names, so a binding need not list them.
 * Exit       The wait of exit_timeout_ms is an atexit handler: it happens where the process ends by exit(3) or by
 *            returning from C's main. It does not happen in a Go program, which never gets there; in Ruby, Perl or
 *            anywhere else when a signal with its default action ends the process; or after _exit. A second signal
 *            may end the process during the wait. So close the client in the runtime's own hook (Ruby's at_exit,
 *            Perl's END, Java's shutdown hook, .NET's ProcessExit, a Go program's own shutdown), and keep
 *            exit_timeout_ms as the second net.
 * Bytes      HTTP headers and targets are bytes, and the library takes UTF-8. Pass on what is valid UTF-8 as it is,
 *            and read any other value as Latin-1: byte 0xFC becomes U+00FC. Pass the length in bytes, not in
 *            characters. A lone surrogate becomes U+FFFD.
 * Headers    tpc_request_header has the names of the request headers to pass on. Do not copy the list, which grows.
 * Forks      Hold no lock of the binding's own during a call: a child that is forked at that moment never gets it.
 * Pointers   tpc_event_set_fields takes an array of pointers. Where the memory of the language may not hold pointers
 *            to itself during a call (cgo), use tpc_event_set, or JSON.
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
 *         if (tpc_client_new(NULL, &client, &error) != TPC_OK) {      // reads TPC_API_KEY and so on
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

/* The version of this header. tpc_version_string and tpc_version_number return the library's. */
#define TPC_VERSION_MAJOR 0
#define TPC_VERSION_MINOR 1
#define TPC_VERSION_PATCH 0

/* As a length: the text ends at its first NUL byte. */
#define TPC_NTS SIZE_MAX
/* As a length in tpc_event_set_fields: the field becomes JSON null; its pointer is not read. */
#define TPC_NULL (SIZE_MAX - 1)

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
#ifdef __cplusplus
extern "C" {
#endif

/* BEGIN FFI: from here to END FFI there are plain declarations only, which PHP's FFI reads as they are. */

/* ---- Results ----------------------------------------------------------------------------------------------------- */

/* What a call returned. No signature uses an enum's type, so that the enums can grow. */
enum tpc_status {
    TPC_OK = 0,
    TPC_ERROR_INVALID_ARGUMENT = -1, /* a NULL handle or pointer, a negative time, a field number that does not exist */
    TPC_ERROR_INVALID_OPTION = -2,   /* an unknown option, or a value that the option does not accept */
    TPC_ERROR_INVALID_EVENT = -3,    /* the contract refuses the event: tpc_error.field is a JSON pointer (RFC 6901) */
    TPC_ERROR_INVALID_JSON = -4,     /* the text is not JSON (RFC 8259) in valid UTF-8 */
    TPC_ERROR_TOO_LARGE = -5,        /* a limit is exceeded; the message names it */
    TPC_ERROR_QUEUE_FULL = -6,       /* queue_max_events or queue_max_bytes is reached: the event was not accepted */
    TPC_ERROR_CLOSED = -7,           /* the client is closed or being closed, or never existed */
    TPC_ERROR_TIMEOUT = -8,          /* the time was up before the server had answered for all events */
    TPC_ERROR_NO_MEMORY = -9,        /* an allocation failed: nothing was changed */
    TPC_ERROR_BUFFER_TOO_SMALL = -10, /* the required length was written to *length */
    TPC_ERROR_SYSTEM = -11           /* no thread, descriptor or slot is available, or the call is not allowed here; the
                                        message says which */
};

/*
 * Why a call failed; a call that succeeds leaves it as it was. Both texts end with a NUL; one that is too long is cut
 * at a character boundary.
 */
typedef struct tpc_error {
    int32_t status;    /* the value that the call returned */
    char field[60];    /* an option's name, or a JSON pointer into the event such as /page/href; may be empty. Control
                          characters in a property's key, and marks that change the direction of text, are shown as
                          escapes such as \u001B */
    char message[192]; /* one English sentence: what was found and what is accepted */
} tpc_error;

/* Returns the library's version, such as "0.1.0". Static text: do not free it. */
const char *tpc_version_string(void);
/* Returns the library's version as one number: major * 1000000 + minor * 1000 + patch. */
uint32_t tpc_version_number(void);
/*
 * Returns the name of a status, such as "TPC_ERROR_QUEUE_FULL", or "TPC_ERROR_UNKNOWN" for any other number. Static
 * text: do not free it.
 */
const char *tpc_status_name(int32_t status);

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/* A set of options. The documentation has a table of their names, defaults and ranges. */
typedef struct tpc_options tpc_options;

/*
 * Creates a set of options with their defaults; reads neither the environment nor files. Returns NULL when memory ran
 * out. Free it with tpc_options_free.
 */
tpc_options *tpc_options_new(void);
/*
 * Sets every option that the environment names: TPC_API_KEY and so on. An empty variable counts as unset. Of several
 * variables of one option, the first that is set counts: the company's own (THE_PROMPTING_COMPANY_BASE_URL,
 * THE_PROMPTING_COMPANY_LOG), TPC_ and the option's name in capitals, and then TPC_ORGANIZATION_API_KEY for api_key,
 * TPC_ORG_SLUG for organization_slug, and TPC_API_URL, a whole endpoint, for base_url. Other variables that begin with
 * TPC_ are logged, once in a process, by the next attempt to create a client with these options. Returns
 * TPC_ERROR_INVALID_OPTION for a bad value; error->field is then the variable's name, and no option is changed. Do not
 * call it while another thread changes the environment.
 */
int32_t tpc_options_load_environment(tpc_options *options, tpc_error *error);
/*
 * Sets one option from text: "30000", "true", "0.25". Returns TPC_ERROR_INVALID_OPTION for an unknown name (the message
 * suggests the nearest one) or a bad value (the message says what is accepted).
 */
int32_t tpc_options_set(tpc_options *options, const char *name, size_t name_length, const char *value,
                        size_t value_length, tpc_error *error);
/*
 * Checks what tpc_client_new would check, without creating a client: whether the options contradict each other, whether
 * there is a credential, and whether the files that they name can be read. NULL means the defaults with the environment
 * loaded. For a server's test of its configuration. Returns TPC_ERROR_INVALID_OPTION, with error->field the option's
 * name.
 */
int32_t tpc_options_validate(const tpc_options *options, tpc_error *error);
/* Frees a set of options. A client that was made from it keeps its own copy. */
void tpc_options_free(tpc_options *options);
/*
 * Returns the name of an option, such as "api_key", by its index from 0; NULL for an index past the last one. Static
 * text: do not free it. Later versions may add options anywhere in the list.
 */
const char *tpc_option_name(size_t index);

/* ---- Events ------------------------------------------------------------------------------------------------------ */

/* One page visit: the contract's request body. One thread uses it at a time; track copies it, so it can be reused. */
typedef struct tpc_event tpc_event;

/* The fields of the contract, in its order. Those marked (null) may also be JSON null. */
enum tpc_field {
    TPC_FIELD_EVENT = 0,            /* /event: "page_visit", which is also its value when it is not set */
    TPC_FIELD_OCCURRED_AT = 1,      /* /occurredAt: RFC 3339 date-time; filled in by track when absent */
    TPC_FIELD_EVENT_ID = 2,         /* /eventId: at least one character; a UUIDv7 is filled in by track when absent */
    TPC_FIELD_SESSION_ID = 3,       /* /sessionId (null) */
    TPC_FIELD_ANONYMOUS_ID = 4,     /* /anonymousId (null) */
    TPC_FIELD_PAGE_HREF = 5,        /* /page/href: RFC 3986 URI; the only field that must be set */
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

/* Creates an empty event. Returns NULL when memory ran out. Free it with tpc_event_free. */
tpc_event *tpc_event_new(void);
/* Frees an event. */
void tpc_event_free(tpc_event *event);
/* Makes an event empty again and keeps its memory, which is cheaper than creating a new one. */
void tpc_event_clear(tpc_event *event);

/*
 * Sets one field (TPC_FIELD_...). Returns TPC_ERROR_INVALID_EVENT for a value that the contract refuses, and
 * TPC_ERROR_TOO_LARGE for one that exceeds a limit; the field then keeps its former value. tpc_uri_encode repairs a URL
 * that was refused.
 */
int32_t tpc_event_set(tpc_event *event, int32_t field, const char *value, size_t length, tpc_error *error);
/*
 * Sets one field (TPC_FIELD_...) to JSON null, which differs from absent. Returns TPC_ERROR_INVALID_EVENT where the
 * contract does not allow null.
 */
int32_t tpc_event_set_null(tpc_event *event, int32_t field, tpc_error *error);
/*
 * Sets fields 0 to count - 1 at once, field f to the text values[f] of lengths[f] bytes. A NULL value leaves its field
 * as it is; the length TPC_NULL sets its field to JSON null. lengths may be NULL when every value ends with a NUL.
 * Stops at the first value that is refused, as in tpc_event_set; the fields before it are set.
 */
int32_t tpc_event_set_fields(tpc_event *event, const char *const *values, const size_t *lengths, size_t count,
                             tpc_error *error);

/*
 * Sets one member of /properties to text. Setting a key again replaces its value, whatever its type. Returns
 * TPC_ERROR_INVALID_EVENT for a key or value that is not UTF-8, and TPC_ERROR_TOO_LARGE when a limit is exceeded.
 */
int32_t tpc_event_set_string_property(tpc_event *event, const char *key, size_t key_length, const char *value,
                                      size_t value_length, tpc_error *error);
/*
 * Sets one member of /properties to a finite number. Returns TPC_ERROR_INVALID_EVENT for an infinity or NaN, which JSON
 * does not have; key and other failures are as in tpc_event_set_string_property.
 */
int32_t tpc_event_set_number_property(tpc_event *event, const char *key, size_t key_length, double value,
                                      tpc_error *error);
/* Sets one member of /properties to an integer; key and failures are as in tpc_event_set_string_property. */
int32_t tpc_event_set_integer_property(tpc_event *event, const char *key, size_t key_length, int64_t value,
                                       tpc_error *error);
/* Sets one member of /properties to false (0) or true (any other value), in the same way. */
int32_t tpc_event_set_boolean_property(tpc_event *event, const char *key, size_t key_length, int32_t value,
                                       tpc_error *error);
/* Sets one member of /properties to JSON null, in the same way. */
int32_t tpc_event_set_null_property(tpc_event *event, const char *key, size_t key_length, tpc_error *error);

/*
 * Checks whether the contract accepts the event as it is. Every value was checked when it was set, so this looks for
 * what is missing: TPC_ERROR_INVALID_EVENT, with error->field the JSON pointer of the missing field.
 */
int32_t tpc_event_validate(const tpc_event *event, tpc_error *error);
/*
 * Creates an event from JSON. Returns TPC_ERROR_INVALID_JSON, TPC_ERROR_INVALID_EVENT for what the contract refuses, or
 * TPC_ERROR_TOO_LARGE. Members that the contract does not name are kept, and a number's text stays as it is; escapes
 * are written in their shortest form, and count at that length. On success *out is a new event, to be freed with
 * tpc_event_free; otherwise it is NULL.
 */
int32_t tpc_event_from_json(const char *json, size_t length, tpc_event **out, tpc_error *error);
/*
 * Writes the event as JSON, followed by a NUL; nothing is filled in. *length, which may be NULL, receives the length in
 * bytes without the NUL. Returns TPC_ERROR_BUFFER_TOO_SMALL unless capacity, in bytes, is larger than that length;
 * buffer may then be NULL, so a first call can ask for the length.
 */
int32_t tpc_event_to_json(const tpc_event *event, char *buffer, size_t capacity, size_t *length);

/*
 * Repairs a URL that RFC 3986 refuses: percent-encodes the characters that are not allowed in it (spaces, non-ASCII
 * text, control characters, stray percent signs and brackets) and removes spaces and control characters around it. A
 * valid URL stays as it is. Writes the result as tpc_event_to_json does. Returns TPC_ERROR_INVALID_EVENT for a URL that
 * no encoding can repair: it has no scheme, or its host or port is not valid.
 */
int32_t tpc_uri_encode(const char *text, size_t text_length, char *buffer, size_t capacity, size_t *length,
                       tpc_error *error);

/* ---- Clients ----------------------------------------------------------------------------------------------------- */

/*
 * A queue of events, its sender thread and their connection to one endpoint. A token: it can be copied, and any thread
 * may use it.
 */
typedef struct tpc_client tpc_client;

/*
 * Creates a client with a copy of the options; NULL means the defaults with the environment loaded. Starts no thread:
 * the first event that is queued does. Returns TPC_ERROR_INVALID_OPTION when the options contradict each other or
 * contain no credential. On success *out is the client, to be closed with tpc_client_close or given up with
 * tpc_client_release; otherwise it is NULL.
 */
int32_t tpc_client_new(const tpc_options *options, tpc_client **out, tpc_error *error);
/*
 * Returns a client that the process shares. The first call creates it; later calls return the same client until it is
 * closed or released. With the option `name`: the one client of that name, whatever the other options; if one of those
 * that are set has another value than the client's, that is logged, once for each client. Without a name: the first
 * shared client without one that has the same value for every option that is set (by the environment, too), or else a
 * new one. For middleware, and for hosts such as PHP-FPM, whose worker process outlives the request that created the
 * client. Takes the same arguments as tpc_client_new, and fails in the same way.
 */
int32_t tpc_client_shared(const tpc_options *options, tpc_client **out, tpc_error *error);

/*
 * Checks the event, fills in what is absent, copies it as its final bytes and queues it. Never waits for the network.
 * TPC_OK means that the event is accounted for until its end (or was left out by sample_rate, enabled, only_ai_agents
 * or only_ai, which the statistics count). Otherwise it was not accepted: TPC_ERROR_INVALID_EVENT,
 * TPC_ERROR_TOO_LARGE, TPC_ERROR_QUEUE_FULL, TPC_ERROR_CLOSED, TPC_ERROR_NO_MEMORY or TPC_ERROR_SYSTEM.
 */
int32_t tpc_client_track(tpc_client *client, const tpc_event *event, tpc_error *error);
/*
 * Reads an event from JSON and queues it: tpc_event_from_json and tpc_client_track in one call, with the failures of
 * both. A text of more than six times max_event_bytes, which is how much longer escapes can make an event, is
 * TPC_ERROR_TOO_LARGE without being read.
 */
int32_t tpc_client_track_json(tpc_client *client, const char *json, size_t length, tpc_error *error);
/*
 * Writes the event as tpc_client_track would send it (completed, redacted, labeled), as tpc_event_to_json does. Neither
 * sends nor counts it, and works when enabled is false, too. For tests: a client with dry_run needs no credential. When
 * sample_rate, only_ai_agents or only_ai leaves the event out, the call returns TPC_OK, *length is 0 and *left_out,
 * which may be NULL, is "sample_rate", "not_ai_agent" or "not_ai"; otherwise *left_out is NULL. What is filled in may
 * differ from call to call, but not in its length. Fails as tpc_client_track does, and with
 * TPC_ERROR_BUFFER_TOO_SMALL.
 */
int32_t tpc_client_event_to_json(tpc_client *client, const tpc_event *event, char *buffer, size_t capacity,
                                 size_t *length, const char **left_out, tpc_error *error);

/*
 * Waits up to timeout_ms milliseconds until every event that was accepted before the call has ended. Events that
 * wait for a retry are tried at once, but never before a Retry-After. *pending, which may be NULL, receives the number
 * of events that have not ended; TPC_ERROR_TIMEOUT when there are any.
 */
int32_t tpc_client_flush(tpc_client *client, int32_t timeout_ms, size_t *pending);
/*
 * Closes a client: takes no more events, flushes for up to timeout_ms milliseconds, aborts the requests that are in
 * flight and ends the thread. The token is closed whatever is returned, except for a negative timeout_ms
 * (TPC_ERROR_INVALID_ARGUMENT), which changes nothing. *undelivered, which may be NULL, receives the number of events
 * that ended undelivered because of the close; those left in spool_directory are not among them. TPC_ERROR_TIMEOUT when
 * there are any, or when the client's lock was not available; the number is then the last one known. A sender thread
 * that is stuck inside a library ends by itself later. Other threads' calls that are still inside the client do not
 * delay close: the last of them frees it. Reports that were not polled are lost: poll first, or flush, poll and then
 * close.
 */
int32_t tpc_client_close(tpc_client *client, int32_t timeout_ms, size_t *undelivered);
/*
 * Gives a client up without waiting, for a program that cannot wait for it, such as a finalizer. The token is closed at
 * once. What is queued is still delivered, for up to delivery_timeout_ms; then the thread, after a request that is in
 * flight, ends and frees the client by itself. Until then, the client counts as one of the 1,024, and the process's
 * exit waits for it as for an open one (exit_timeout_ms). Flushes that are under way in other threads go on. Reports
 * that were not polled are lost; the client's descriptor is closed at the end, so stop watching it before the call. In
 * a forked child, a release of the parent's client leaves the parent's alone.
 */
int32_t tpc_client_release(tpc_client *client);

/*
 * Counters of what became of the events. At every moment accepted + adopted = delivered + rejected + expired +
 * abandoned + pending + spooled; without spool_directory, adopted and spooled are 0. New members are only ever added
 * at the end.
 */
typedef struct tpc_stats {
    uint64_t size;              /* bytes of this struct that the library filled in */
    uint64_t accepted;          /* taken into the queue */
    uint64_t delivered;         /* answered with 2xx, or dry_run */
    uint64_t rejected;          /* refused by the server permanently */
    uint64_t expired;           /* not delivered within delivery_timeout_ms, or spool_max_age_ms */
    uint64_t abandoned;         /* left, in memory only, when close ran out of time */
    uint64_t pending;           /* queued, in flight or waiting for a retry */
    uint64_t refused_invalid;   /* track: the contract refuses the event, or it is not JSON */
    uint64_t refused_too_large; /* track: larger than max_event_bytes */
    uint64_t refused_queue_full; /* track: the queue was full */
    uint64_t refused_system;    /* track: memory ran out, or the system refused a thread */
    uint64_t sampled_out;       /* track: left out by sample_rate */
    uint64_t disabled;          /* track: left out because enabled is false */
    uint64_t requests;          /* HTTP requests that ended, whatever the answer */
    uint64_t failed_requests;   /* those of them that were not answered with 2xx */
    uint64_t retries;           /* requests beyond an event's first */
    uint64_t odd_responses;     /* 2xx whose body is not what the contract says */
    uint64_t reports_dropped;   /* oldest reports, dropped when report_capacity, or 4 KiB for each of it, was full */
    uint64_t queue_bytes;       /* bytes that the pending events occupy */
    uint64_t in_flight;         /* requests in progress */
    uint64_t left_out;          /* web requests and events that a rule left out: see tpc_client_track_request */
    uint64_t spooled;           /* left in spool_directory, for whoever sends from there next */
    uint64_t adopted;           /* taken from spool_directory, where they were left */
    uint64_t unspooled;         /* accepted, but kept in memory only: the spool was full, or the disk failed */
    uint64_t spool_bytes;       /* bytes of the files in spool_directory that this client holds */
    uint64_t spool_errors;      /* calls to the disk that failed */
    uint64_t spool_corrupt;     /* damaged records and files that were found in spool_directory */
} tpc_stats;

/*
 * Copies the client's counters into the first size bytes of *stats, as far as the library knows them; pass
 * sizeof(tpc_stats). stats->size then says how many bytes were filled in.
 */
int32_t tpc_client_stats(tpc_client *client, tpc_stats *stats, size_t size);

/* ---- Web requests ------------------------------------------------------------------------------------------------ */

/*
 * Decides whether a web request is a page visit and, if so, creates the event and tracks it. For middleware, which
 * passes on what its framework reports and decides nothing itself. Never waits for the network. json is one object:
 *
 *     {"method": "GET", "scheme": "https", "host": "example.com", "target": "/pricing?plan=pro", "status": 200,
 *      "contentType": "text/html", "remoteAddress": "10.0.0.1",
 *      "headers": {"user-agent": "GPTBot/1.2", "x-forwarded-for": "192.0.2.7"},
 *      "event": {"page": {"title": "Pricing"}, "properties": {"plan": "pro"}}}
 *
 * method and target (as it was requested) are required, and so is host unless target is a whole URL; everything else
 * may be absent or null. Only the headers that tpc_request_header names are read, in any case; others are ignored. A
 * header that was sent more than once is an array of its values, or those joined with commas. event is what the
 * application adds, in the contract's shape; it takes precedence over what the request says. contentType is the
 * response's Content-Type header. remoteAddress is the connection's peer: an address, or "unix:" for a Unix socket. A
 * peer that is absent is a stranger, whose headers count for nothing. clientAddress is the visitor's address, if the
 * server itself found it (mod_remoteip, real_ip, a framework's own list of proxies).
 *
 * *left_out, which may be NULL, receives NULL when the visit was tracked, and otherwise the name of the rule that left
 * it out, a static text: "method" (other than GET and HEAD), "status" (other than 2xx with a page and 304; see
 * track_errors), "destination" (Sec-Fetch-Dest other than document), "prefetch" (Purpose and similar headers),
 * "content_type" (none of page_types), "asset" (by the path's extension, when contentType is absent), "machine_file"
 * (robots.txt, sitemaps, feeds), "path" (include_paths, exclude_paths), "health_check" (by path or user agent),
 * "local_host" (this machine's own names, unless the endpoint is on this machine, too), "privacy_signal" (Sec-GPC or
 * DNT, with privacy_signals), "not_ai_agent" (only_ai_agents), "not_ai" (only_ai). The call returns TPC_OK in both
 * cases. A path that include_paths names is a page, whatever its type.
 *
 * Paths are compared in the form in which a server sees them: with percent-escapes decoded, dot segments resolved, and
 * without empty segments and parameters (;v=1). exclude_paths and the rule for assets also look at the path as it was
 * sent. status becomes the property "status".
 *
 * The page's URL is repaired as by tpc_uri_encode. What proxies say about client, scheme and host (RFC 7239,
 * X-Forwarded-For and similar headers) counts as far as trusted_proxies vouches for it: a trusted proxy must set or
 * remove X-Forwarded-Host, since one that it lets through is the visitor's. A host is host[:port] (RFC 9110, section
 * 7.2): if a proxy sends anything else, it is ignored; anything else in host is TPC_ERROR_INVALID_EVENT.
 *
 * Returns TPC_ERROR_INVALID_JSON, or TPC_ERROR_INVALID_ARGUMENT for JSON that is not such a request; error->field is
 * then a JSON pointer into the request, such as /headers/forwarded. Other failures are those of tpc_client_track, with
 * error->field pointing into the event.
 */
int32_t tpc_client_track_request(tpc_client *client, const char *json, size_t length, const char **left_out,
                                 tpc_error *error);

/*
 * The texts of a web request, by number. Those from TPC_REQUEST_USER_AGENT on are its headers:
 * TPC_REQUEST_USER_AGENT + i is the one that tpc_request_header(i) names. Later versions add numbers to both parts.
 */
enum tpc_request_field {
    TPC_REQUEST_METHOD = 0,         /* required */
    TPC_REQUEST_SCHEME = 1,         /* "http" when absent */
    TPC_REQUEST_HOST = 2,           /* the Host header; required unless the target is a whole URL */
    TPC_REQUEST_TARGET = 3,         /* as it was requested; required */
    TPC_REQUEST_REMOTE_ADDRESS = 4, /* the connection's peer, or "unix:" */
    TPC_REQUEST_CLIENT_ADDRESS = 5, /* the visitor's address, if the server itself found it */
    TPC_REQUEST_CONTENT_TYPE = 6,   /* the response's Content-Type header */
    TPC_REQUEST_STATUS = 7,         /* the response's status, as three digits */
    TPC_REQUEST_USER_AGENT = 16,
    TPC_REQUEST_REFERER = 17,
    TPC_REQUEST_FORWARDED = 18,
    TPC_REQUEST_X_FORWARDED_FOR = 19,
    TPC_REQUEST_X_FORWARDED_PROTO = 20,
    TPC_REQUEST_X_FORWARDED_HOST = 21,
    TPC_REQUEST_PURPOSE = 22,
    TPC_REQUEST_SEC_PURPOSE = 23,
    TPC_REQUEST_X_PURPOSE = 24,
    TPC_REQUEST_X_MOZ = 25,
    TPC_REQUEST_SEC_FETCH_DEST = 26,
    TPC_REQUEST_RANGE = 27,
    TPC_REQUEST_CF_CONNECTING_IP = 28,
    TPC_REQUEST_TRUE_CLIENT_IP = 29,
    TPC_REQUEST_X_REAL_IP = 30,
    TPC_REQUEST_FLY_CLIENT_IP = 31,
    TPC_REQUEST_SIGNATURE_AGENT = 32,
    TPC_REQUEST_SIGNATURE_INPUT = 33,
    TPC_REQUEST_SIGNATURE = 34,
    TPC_REQUEST_SEC_GPC = 35,
    TPC_REQUEST_DNT = 36,
    TPC_REQUEST_X_REQUEST_ID = 37,
    TPC_REQUEST_TRACEPARENT = 38
};
/*
 * tpc_client_track_request without JSON, for programs that have the request in C: the same rules and the same results
 * in less time. values[f] is the text of the part f (TPC_REQUEST_...), of lengths[f] bytes, and NULL where it is
 * absent; lengths may be NULL when every text ends with a NUL. count is the length of both arrays, so a program that
 * does not know later numbers leaves them out. A header that was sent more than once is its values, joined with commas.
 * A text that is not UTF-8 is read as Latin-1, so that no byte loses a visit. event, which may be NULL, is what the
 * application adds; it takes precedence over what the request says, and stays the caller's.
 *
 * Returns TPC_ERROR_INVALID_ARGUMENT for a count, a number or a text that is not as above, with error->field an
 * argument's name or, as for JSON, a pointer such as /status; TPC_ERROR_TOO_LARGE when the texts are longer than 1 MiB
 * together. Other failures are those of tpc_client_track.
 */
int32_t tpc_client_track_request_fields(tpc_client *client, const char *const *values, const size_t *lengths,
                                        size_t count, const tpc_event *event, const char **left_out, tpc_error *error);
/*
 * Creates the event of a web request without tracking it; json, left_out and the failures are those of
 * tpc_client_track_request. On success *out is a new event, to be changed, tracked and freed with tpc_event_free; NULL
 * when a rule left the request out.
 */
int32_t tpc_client_event_from_request(tpc_client *client, const char *json, size_t length, tpc_event **out,
                                      const char **left_out, tpc_error *error);
/* tpc_client_event_from_request for the arguments of tpc_client_track_request_fields. */
int32_t tpc_client_event_from_request_fields(tpc_client *client, const char *const *values, const size_t *lengths,
                                             size_t count, const tpc_event *event, tpc_event **out,
                                             const char **left_out, tpc_error *error);
/*
 * Returns the name of a request header that tpc_client_track_request reads, in lower case, by its index from 0; NULL
 * for an index past the last one. Static text: do not free it. The headers are user-agent, referer, forwarded,
 * x-forwarded-for, x-forwarded-proto, x-forwarded-host, purpose, sec-purpose, x-purpose, x-moz, sec-fetch-dest, range,
 * cf-connecting-ip, true-client-ip, x-real-ip, fly-client-ip, signature-agent, signature-input, signature, sec-gpc,
 * dnt, x-request-id and traceparent; later versions may add some. Middleware asks for them once and passes on no other
 * header: no cookie and no credential.
 */
const char *tpc_request_header(size_t index);
/*
 * Looks up the AI agent that a User-Agent names. Returns 1 and three static texts, or 0 and NULL for each; each pointer
 * may be NULL. *name is the agent's product token, such as "GPTBot"; *operator_name its operator, such as "OpenAI";
 * *purpose is "training", "search" (an index that answers are searched in), "user" (a user asked for the page at that
 * moment) or "agent" (it acts in a browser for a user).
 */
int32_t tpc_ai_agent(const char *user_agent, size_t length, const char **name, const char **operator_name,
                     const char **purpose);
/*
 * Looks up the AI agent that makes a web request, as the client labels its visits: by the user agent or
 * Signature-Agent, and ai_agents_file; verified by ai_ranges_dir and ai_keys_dir, whatever label_ai_agents says. Takes
 * a request as tpc_client_track_request_fields does, but everything may be absent; a signature is only verified when
 * host, target and all that it covers are there. Returns 1 and three texts as tpc_ai_agent does, valid until the client
 * is closed, or 0 and NULL for each, also for a closed client and for what is not a request; each pointer may be NULL.
 * *verified is 1 if the request really comes from that agent, 0 if it does not, and -1 if that is unknown. Neither
 * tracks nor counts the request, and never waits.
 */
int32_t tpc_client_ai_agent(tpc_client *client, const char *const *values, const size_t *lengths, size_t count,
                            const char **name, const char **operator_name, const char **purpose, int32_t *verified);
/*
 * Looks up the AI service whose answer a person came from, by the page's referrer, else by the parameter utm_source in
 * the page's URL; either text may be NULL. Returns 1 and three static texts, or 0 and NULL for each; each pointer may
 * be NULL. *name is the service, such as "ChatGPT"; *operator_name its operator, such as "OpenAI"; *evidence is
 * "referrer" or "utm". Ask tpc_ai_agent first: an agent is not a person, wherever it came from.
 */
int32_t tpc_ai_answer(const char *referrer, size_t referrer_length, const char *href, size_t href_length,
                      const char **name, const char **operator_name, const char **evidence);

/* ---- Delivery reports -------------------------------------------------------------------------------------------- */

/* How one event ended. Reports are kept only when the option report_capacity is above 0. */
typedef struct tpc_report tpc_report;

/* How an event can end. The statistics of the same names count them. */
enum tpc_outcome {
    TPC_OUTCOME_DELIVERED = 1,
    TPC_OUTCOME_REJECTED = 2,
    TPC_OUTCOME_EXPIRED = 3,
    TPC_OUTCOME_ABANDONED = 4,
    TPC_OUTCOME_SPOOLED = 5 /* left in spool_directory, for whoever sends from there next */
};

/*
 * Takes the oldest report, waiting up to timeout_ms milliseconds for one. *out is the report, to be freed with
 * tpc_report_free; NULL, with TPC_OK, when there was none in that time.
 */
int32_t tpc_client_poll(tpc_client *client, int32_t timeout_ms, tpc_report **out);
/*
 * Returns a descriptor that is readable while there are reports, and once the client has ended, for poll(2), epoll or
 * an event loop. It belongs to the client: do not read from it or close it. Returns -1 when the client is closed or
 * report_capacity is 0.
 */
int32_t tpc_client_report_descriptor(tpc_client *client);

/* Returns how the event ended: TPC_OUTCOME_..., or 0 when report is NULL. */
int32_t tpc_report_outcome(const tpc_report *report);
/*
 * Returns the event's id, as it was sent. Like every text of a report, it ends with a NUL, is valid until
 * tpc_report_free, and is "" where there is none.
 */
const char *tpc_report_event_id(const tpc_report *report);
/* Returns the last HTTP status; 0 when no server answered. */
int32_t tpc_report_http_status(const tpc_report *report);
/* Returns the number of requests that carried the event. */
uint32_t tpc_report_attempts(const tpc_report *report);
/*
 * Returns the error code that the server sent, or "network" for a network error. For an event that expired or was
 * abandoned: the code of the endpoint's last failure, or "expired" or "abandoned" when it had not failed. At most 512
 * bytes are kept.
 */
const char *tpc_report_code(const tpc_report *report);
/*
 * Returns the message that belongs to the code: the server's, libcurl's description of a network error, or a sentence
 * of the library's own. At most 512 bytes are kept.
 */
const char *tpc_report_message(const tpc_report *report);
/*
 * Returns the details that the server sent with its code, as JSON without the whitespace between its parts; "" when
 * they are longer than 2,048 bytes.
 */
const char *tpc_report_details(const tpc_report *report);
/* Returns the receivedAt that the server sent, in RFC 3339. */
const char *tpc_report_received_at(const tpc_report *report);
/* Frees a report. */
void tpc_report_free(tpc_report *report);

/* ---- The log ----------------------------------------------------------------------------------------------------- */

/*
 * Takes the oldest log line that is kept, of all clients whose log_descriptor is -1: "warn: text", without a line end.
 * For programs that have a log of their own. The level comes first: error, warn, info or debug. Writes the line as
 * tpc_event_to_json does; a line has less than 512 bytes. When there is none, or another thread is at the lines, the
 * call returns TPC_OK and *length is 0. With no buffer, a call that finds a line returns TPC_ERROR_BUFFER_TOO_SMALL. 16
 * lines are kept; further ones are only counted, and a last line says how many. What nobody took is written to
 * descriptor 2 by the process's exit(3); a process that ends in another way loses it. A forked child has none of its
 * parent's lines. Never waits.
 */
int32_t tpc_log_take(char *buffer, size_t capacity, size_t *length);

/* END FFI */

#ifdef __cplusplus
}
#endif
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
