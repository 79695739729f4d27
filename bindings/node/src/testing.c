/*
 * What an application's own tests see: events as a client would send them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <stdlib.h>

/* [text, null], or [null, rule] for what a rule left out. */
static napi_value make_pair(napi_env env, const char *text, const char *rule) {
    napi_value pair = NULL;

    napi_create_array_with_length(env, 2, &pair);
    napi_set_element(env, pair, 0, text == NULL ? make_null(env) : make_text(env, text));
    napi_set_element(env, pair, 1, rule == NULL ? make_null(env) : make_text(env, rule));
    return pair;
}

/* The pair of an event, which this frees. */
static napi_value finished(napi_env env, tpc_client *client, tpc_event *event) {
    const char *left_out = NULL;
    size_t length = 0;
    tpc_error error;
    int32_t status = tpc_client_event_to_json(client, event, NULL, 0, &length, &left_out, &error);
    char *text = NULL;
    napi_value pair = NULL;

    if (status == TPC_ERROR_BUFFER_TOO_SMALL) {
        text = malloc(length + 1);
        if (text == NULL) {
            tpc_event_free(event);
            return throw_status(env, TPC_ERROR_NO_MEMORY);
        }
        status = tpc_client_event_to_json(client, event, text, length + 1, &length, &left_out, &error);
    }
    tpc_event_free(event);
    pair = status == TPC_OK ? make_pair(env, left_out == NULL ? text : NULL, left_out) : throw_error(env, &error);
    free(text);
    return pair;
}

/* (handle, text): the pair of an event that is JSON. */
napi_value event_to_json(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    tpc_event *event = NULL;
    tpc_error error;
    int32_t status;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &json)) return NULL;
    status = tpc_event_from_json(json.bytes, json.length, &event, &error);
    done_with_text(env);
    if (status != TPC_OK) return throw_error(env, &error);
    return finished(env, read_client(env, arguments[0]), event);
}

/* (handle, text): the pair of a web request that is JSON. */
napi_value request_to_json(napi_env env, napi_callback_info info) {
    struct request_event made = {0};

    if (!read_event_of_request(env, info, &made)) return NULL;
    return made.event == NULL ? make_pair(env, NULL, made.left_out) : finished(env, made.client, made.event);
}
