/*
 * Declarations that the files of the addon share. Each environment (the main thread, or a worker thread) has an instance
 * of its own, which only its thread uses.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_NODE_ADDON_H
#define TPC_NODE_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tpc.h>

/* A client that ends with its environment. */
struct owned_client {
    tpc_client *client;
    int32_t close_ms; /* how long its close may take */
};

struct instance {
    napi_ref make_error; /* JavaScript's (code, field, message) => Error */
    char *text;          /* memory for the last text that was read: kept, since every event needs one */
    size_t capacity;
    tpc_event *event;    /* kept for reuse in the same way; NULL until the first event */
    struct owned_client *owned;
    size_t owned_count, owned_capacity;
    size_t references; /* the environment's, and one for each handle that is still to be finalized */
    bool has_ended;    /* the environment */
};

/* The text of a JavaScript string. */
struct text {
    const char *bytes;
    size_t length;
};

/* values.c */

struct instance *instance_of(napi_env env);
/* Grows the instance's text memory to at least `capacity` bytes and keeps its contents. False when memory ran out. */
bool reserve_text(struct instance *instance, size_t capacity);
/* Throws the error as a JavaScript exception, and returns NULL. */
napi_value throw_error(napi_env env, const tpc_error *error);
/* Throws a status that came without a tpc_error, and returns NULL. */
napi_value throw_status(napi_env env, int32_t status);
/* The error as a JavaScript value; NULL when an exception is pending instead. */
napi_value error_value(napi_env env, const tpc_error *error);
/* Fills in *error for a status that came without a tpc_error. */
void describe_status(tpc_error *error, int32_t status);
/*
 * Reads a string as UTF-8 into the instance's memory, where the next call overwrites it. False when it is not a string
 * or memory ran out; an exception is then pending.
 */
bool read_text(napi_env env, napi_value value, struct text *text);
/* The text that was read last is no longer needed. */
void done_with_text(napi_env env);
/* The client that a handle stands for; NULL, which every call answers with TPC_ERROR_CLOSED, for any other value. */
tpc_client *read_client(napi_env env, napi_value value);
/* Milliseconds from a number of at least 0, limited to INT32_MAX. */
int32_t read_timeout(napi_env env, napi_value value);
napi_value make_text(napi_env env, const char *text);
napi_value make_number(napi_env env, double number);
napi_value make_null(napi_env env);

/* client.c */

napi_value open_client(napi_env env, napi_callback_info info);
napi_value validate_options(napi_env env, napi_callback_info info);
napi_value track_json(napi_env env, napi_callback_info info);
napi_value track_request(napi_env env, napi_callback_info info);
napi_value track_request_texts(napi_env env, napi_callback_info info);
napi_value event_from_request(napi_env env, napi_callback_info info);
/* The event of a web request, or NULL and the rule that left it out; and the client that it was made with. */
struct request_event {
    tpc_client *client;
    tpc_event *event;
    const char *left_out;
};
/* Reads the arguments (handle, json). The caller frees the event. False with a pending exception. */
bool read_event_of_request(napi_env env, napi_callback_info info, struct request_event *made);
napi_value client_number(napi_env env, napi_callback_info info);
napi_value ai_agent(napi_env env, napi_callback_info info);
napi_value ai_answer(napi_env env, napi_callback_info info);
napi_value request_headers(napi_env env);

/* statistics.c */

napi_value stats(napi_env env, napi_callback_info info);
napi_value stats_names(napi_env env);

/* reports.c */

napi_value keeps_reports(napi_env env, napi_callback_info info);
napi_value take_report(napi_env env, napi_callback_info info);

/* log.c */

napi_value log_take(napi_env env, napi_callback_info info);

/* testing.c */

napi_value event_to_json(napi_env env, napi_callback_info info);
napi_value request_to_json(napi_env env, napi_callback_info info);

/* fields.c */

napi_value track_fields(napi_env env, napi_callback_info info);

/* waiting.c */

napi_value flush(napi_env env, napi_callback_info info);
napi_value close_client(napi_env env, napi_callback_info info);

/* ownership.c */

/* Has the client closed when its environment ends. False when memory ran out. */
bool own_client(struct instance *instance, tpc_client *client, int32_t close_ms);
void disown_client(struct instance *instance, const tpc_client *client);
/* Closes the clients that the instance still owns. */
void close_owned_clients(struct instance *instance);
/* The handle of a client; that of a client that is not shared gives it up when it is garbage. NULL when memory ran out. */
napi_value make_handle(napi_env env, tpc_client *client, bool is_shared);
/* Frees the instance with its last reference. */
void release_instance(struct instance *instance);

#endif
