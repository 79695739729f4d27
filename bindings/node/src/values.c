/*
 * Converts JavaScript's values to C's, and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes. An event rarely needs more. */
#define FIRST_CAPACITY 8192
/* More memory than this is not kept for later texts. */
#define KEPT_CAPACITY 65536

struct instance *instance_of(napi_env env) {
    void *data = NULL;
    napi_get_instance_data(env, &data);
    return data;
}

napi_value error_value(napi_env env, const tpc_error *error) {
    napi_value make_error, undefined, result;
    napi_value arguments[3] = {
        make_text(env, tpc_status_name(error->status)),
        make_text(env, error->field),
        make_text(env, error->message),
    };

    if (napi_get_reference_value(env, instance_of(env)->make_error, &make_error) != napi_ok ||
        napi_get_undefined(env, &undefined) != napi_ok ||
        napi_call_function(env, undefined, make_error, 3, arguments, &result) != napi_ok)
        return NULL;
    return result;
}

napi_value throw_error(napi_env env, const tpc_error *error) {
    napi_value value = error_value(env, error);

    if (value != NULL) napi_throw(env, value);
    return NULL;
}

void describe_status(tpc_error *error, int32_t status) {
    const char *message = status == TPC_ERROR_CLOSED      ? "the client is closed"
                          : status == TPC_ERROR_NO_MEMORY ? "memory ran out"
                                                          : "the call failed";

    memset(error, 0, sizeof *error);
    error->status = status;
    snprintf(error->message, sizeof error->message, "%s", message);
}

napi_value throw_status(napi_env env, int32_t status) {
    tpc_error error;

    describe_status(&error, status);
    return throw_error(env, &error);
}

bool reserve_text(struct instance *instance, size_t capacity) {
    char *grown;

    if (capacity <= instance->capacity) return true;
    grown = realloc(instance->text, capacity);
    if (grown == NULL) return false;
    instance->text = grown;
    instance->capacity = capacity;
    return true;
}

void done_with_text(napi_env env) {
    struct instance *instance = instance_of(env);

    if (instance->capacity <= KEPT_CAPACITY) return;
    free(instance->text);
    instance->text = NULL;
    instance->capacity = 0;
}

bool read_text(napi_env env, napi_value value, struct text *text) {
    struct instance *instance = instance_of(env);
    size_t length = 0;

    if (!reserve_text(instance, FIRST_CAPACITY)) return throw_status(env, TPC_ERROR_NO_MEMORY), false;
    if (napi_get_value_string_utf8(env, value, instance->text, instance->capacity, &length) != napi_ok) {
        napi_throw_type_error(env, NULL, "expected a string");
        return false;
    }
    /* A character that does not fit is left out whole and has up to four bytes, so a text of this length may be cut. */
    if (length + 5 > instance->capacity) {
        napi_get_value_string_utf8(env, value, NULL, 0, &length);
        if (!reserve_text(instance, length + 6)) return throw_status(env, TPC_ERROR_NO_MEMORY), false;
        napi_get_value_string_utf8(env, value, instance->text, instance->capacity, &length);
    }
    text->bytes = instance->text;
    text->length = length;
    return true;
}

tpc_client *read_client(napi_env env, napi_value value) {
    void *client = NULL;

    return napi_get_value_external(env, value, &client) == napi_ok ? client : NULL;
}

int32_t read_timeout(napi_env env, napi_value value) {
    double milliseconds = 0;

    napi_get_value_double(env, value, &milliseconds);
    return milliseconds < INT32_MAX ? (int32_t)milliseconds : INT32_MAX;
}

napi_value make_text(napi_env env, const char *text) {
    napi_value value = NULL;

    napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value);
    return value;
}

napi_value make_number(napi_env env, double number) {
    napi_value value = NULL;

    napi_create_double(env, number, &value);
    return value;
}

napi_value make_null(napi_env env) {
    napi_value value = NULL;

    napi_get_null(env, &value);
    return value;
}
