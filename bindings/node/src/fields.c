/*
 * track for an event whose members come one by one: faster than JSON, which JavaScript would have to write and the
 * library to read.
 *
 * It accepts only what is certainly valid and returns false for everything else, without an error and without counting
 * it: the same event then comes as JSON, so that only one path judges it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* memmem */
#include "addon.h"

#include <math.h>
#include <string.h>

#define FIELDS (TPC_FIELD_SDK_RUNTIME + 1)
/* After the handle and the fields come keys and values. Events with more properties are passed as JSON. */
#define MOST_ARGUMENTS (1 + FIELDS + 2 * 32)
/* The most bytes of UTF-8 that the texts of one event may take together. Larger events are passed as JSON. */
#define TEXT_CAPACITY 16384

/* Texts that are read one after the other into the same memory, so that all of them remain. */
struct texts {
    char *bytes;
    size_t used;
};

/* Whether there is U+FFFD, which Node-API writes for half of a surrogate pair. JavaScript checks what it really was. */
static bool has_replacement(const char *bytes, size_t length) {
    return memmem(bytes, length, "\xEF\xBF\xBD", 3) != NULL;
}

static bool add_text(napi_env env, struct texts *texts, napi_value value, const char **bytes, size_t *length) {
    size_t room = TEXT_CAPACITY - texts->used;

    *bytes = texts->bytes + texts->used;
    if (napi_get_value_string_utf8(env, value, texts->bytes + texts->used, room, length) != napi_ok) return false;
    texts->used += *length;
    /* With less than one character's space left, the text may have been cut. */
    return *length + 5 <= room;
}

static bool set_fields(napi_env env, tpc_event *event, struct texts *texts, const napi_value *arguments) {
    const char *values[FIELDS];
    size_t lengths[FIELDS];

    for (size_t i = 0; i < FIELDS; i++) {
        napi_valuetype type = napi_object;

        napi_typeof(env, arguments[i], &type);
        values[i] = NULL;
        if (type == napi_undefined) continue;
        if (type == napi_null) {
            values[i] = "";
            lengths[i] = TPC_NULL;
        } else if (type != napi_string || !add_text(env, texts, arguments[i], &values[i], &lengths[i]))
            return false;
    }
    if (has_replacement(texts->bytes, texts->used)) return false;
    return tpc_event_set_fields(event, values, lengths, FIELDS, NULL) == TPC_OK;
}

static bool set_number(napi_env env, tpc_event *event, const char *key, size_t key_length, napi_value value) {
    double number = NAN;

    napi_get_value_double(env, value, &number);
    /* Written as JavaScript does: whole numbers without a fraction, below the size where it switches to exponents. */
    if (fabs(number) < 1e15 && number == (double)(int64_t)number)
        return tpc_event_set_integer_property(event, key, key_length, (int64_t)number, NULL) == TPC_OK;
    return isfinite(number) && tpc_event_set_number_property(event, key, key_length, number, NULL) == TPC_OK;
}

static bool set_property(napi_env env, tpc_event *event, struct texts *texts, napi_value key_value, napi_value value) {
    napi_valuetype type = napi_object;
    const char *key, *text;
    size_t start = texts->used, key_length, length;
    bool boolean = false;

    napi_typeof(env, value, &type);
    if (type == napi_undefined) return true;
    if (!add_text(env, texts, key_value, &key, &key_length)) return false;
    switch (type) {
    case napi_string:
        if (!add_text(env, texts, value, &text, &length) || has_replacement(key, texts->used - start)) return false;
        return tpc_event_set_string_property(event, key, key_length, text, length, NULL) == TPC_OK;
    case napi_number:
        return !has_replacement(key, key_length) && set_number(env, event, key, key_length, value);
    case napi_boolean:
        napi_get_value_bool(env, value, &boolean);
        return !has_replacement(key, key_length) &&
               tpc_event_set_boolean_property(event, key, key_length, boolean, NULL) == TPC_OK;
    case napi_null:
        return !has_replacement(key, key_length) && tpc_event_set_null_property(event, key, key_length, NULL) == TPC_OK;
    default:
        return false;
    }
}

/* The instance's event, filled in; NULL when the event has to be passed as JSON. */
static tpc_event *fill_in(napi_env env, const napi_value *arguments, size_t count) {
    struct instance *instance = instance_of(env);
    struct texts texts = {0};

    if (instance->event == NULL) instance->event = tpc_event_new();
    if (instance->event == NULL || !reserve_text(instance, TEXT_CAPACITY)) return NULL;
    tpc_event_clear(instance->event);
    texts.bytes = instance->text;
    if (!set_fields(env, instance->event, &texts, arguments)) return NULL;
    for (size_t i = FIELDS; i + 1 < count; i += 2)
        if (!set_property(env, instance->event, &texts, arguments[i], arguments[i + 1])) return NULL;
    return instance->event;
}

/* (handle, …fields in the order of TPC_FIELD_…, …key, value): true, or false when the event has to be passed as JSON. */
napi_value track_fields(napi_env env, napi_callback_info info) {
    size_t count = MOST_ARGUMENTS;
    napi_value arguments[MOST_ARGUMENTS], taken = NULL;
    tpc_event *event = NULL;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (count > FIELDS && count <= MOST_ARGUMENTS) event = fill_in(env, arguments + 1, count - 1);
    if (event != NULL && tpc_client_track(read_client(env, arguments[0]), event, &error) != TPC_OK)
        return throw_error(env, &error);
    napi_get_boolean(env, event != NULL, &taken);
    return taken;
}
