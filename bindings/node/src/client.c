/*
 * Opening clients, and those of their calls that neither take an event apart nor wait.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _GNU_SOURCE /* environ */
#include "addon.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sets the options that an array of [name, value, name, value...] holds. False with a pending exception. */
static bool set_options(napi_env env, tpc_options *options, napi_value pairs) {
    uint32_t count = 0;

    napi_get_array_length(env, pairs, &count);
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        napi_value name_value, value_value;
        struct text name, value;
        char name_copy[64];
        tpc_error error;

        napi_get_element(env, pairs, i, &name_value);
        napi_get_element(env, pairs, i + 1, &value_value);
        if (!read_text(env, name_value, &name)) return false;
        /* No option has a longer name: the library refuses what is left of it. */
        if (name.length >= sizeof name_copy) name.length = sizeof name_copy - 1;
        memcpy(name_copy, name.bytes, name.length);
        if (!read_text(env, value_value, &value)) return false;
        if (tpc_options_set(options, name_copy, name.length, value.bytes, value.length, &error) != TPC_OK) {
            throw_error(env, &error);
            return false;
        }
    }
    return true;
}

/*
 * The library looks through all variables for names that nobody reads. With RTLD_DEEPBIND it finds the C library's own `environ`
 * there, which is NULL: Node has a copy. So it gets Node's for the call; not for longer, since setting a variable moves it.
 */
static int32_t load_environment(tpc_options *options, tpc_error *error) {
    void *program = environ == NULL ? dlopen(NULL, RTLD_LAZY) : NULL;
    char ***variables = program == NULL ? NULL : dlsym(program, "environ");
    if (variables != NULL) environ = *variables;
    int32_t status = tpc_options_load_environment(options, error);
    if (variables != NULL) environ = NULL;
    if (program != NULL) dlclose(program);
    return status;
}

/* Sets the options of a client: the given ones override the environment's, and those override the defaults. */
static bool fill_options(napi_env env, tpc_options *options, napi_value defaults, napi_value given) {
    tpc_error error;

    if (!set_options(env, options, defaults)) return false;
    if (load_environment(options, &error) != TPC_OK) {
        throw_error(env, &error);
        return false;
    }
    return set_options(env, options, given);
}

/* (defaults, given, is_shared, close_ms): if close_ms is a number, the client is closed when its environment ends. */
napi_value open_client(napi_env env, napi_callback_info info) {
    size_t count = 4;
    napi_value arguments[4], handle = NULL;
    bool is_shared = false;
    napi_valuetype close_type = napi_undefined;
    tpc_options *options = tpc_options_new();
    tpc_client *client = NULL;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    napi_get_value_bool(env, arguments[2], &is_shared);
    napi_typeof(env, arguments[3], &close_type);
    if (options == NULL) return throw_status(env, TPC_ERROR_NO_MEMORY);
    if (fill_options(env, options, arguments[0], arguments[1])) {
        if ((is_shared ? tpc_client_shared : tpc_client_new)(options, &client, &error) != TPC_OK)
            throw_error(env, &error);
        else if (close_type == napi_number && !own_client(instance_of(env), client, read_timeout(env, arguments[3]))) {
            tpc_client_close(client, 0, NULL);
            throw_status(env, TPC_ERROR_NO_MEMORY);
        } else
            handle = make_handle(env, client, is_shared);
    }
    tpc_options_free(options);
    return handle;
}

/* (defaults, given): throws what opening a client would throw. */
napi_value validate_options(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    tpc_options *options = tpc_options_new();
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (options == NULL) return throw_status(env, TPC_ERROR_NO_MEMORY);
    if (fill_options(env, options, arguments[0], arguments[1]) && tpc_options_validate(options, &error) != TPC_OK)
        throw_error(env, &error);
    tpc_options_free(options);
    return NULL;
}

/* (handle, json) */
napi_value track_json(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (read_text(env, arguments[1], &json) &&
        tpc_client_track_json(read_client(env, arguments[0]), json.bytes, json.length, &error) != TPC_OK)
        throw_error(env, &error);
    done_with_text(env);
    return NULL;
}

/* (handle, json): null, or the name of the rule that left the request out. */
napi_value track_request(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    const char *left_out = NULL;
    tpc_error error;
    int32_t status;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &json)) return NULL;
    status = tpc_client_track_request(read_client(env, arguments[0]), json.bytes, json.length, &left_out, &error);
    done_with_text(env);
    if (status != TPC_OK) return throw_error(env, &error);
    return left_out == NULL ? make_null(env) : make_text(env, left_out);
}

/* The JSON of an event, which is freed; NULL with a pending exception. */
static napi_value take_json(napi_env env, tpc_event *event) {
    struct instance *instance = instance_of(env);
    napi_value text = NULL;
    size_t length = 0;

    tpc_event_to_json(event, NULL, 0, &length);
    if (reserve_text(instance, length + 1) &&
        tpc_event_to_json(event, instance->text, instance->capacity, &length) == TPC_OK)
        napi_create_string_utf8(env, instance->text, length, &text);
    else
        throw_status(env, TPC_ERROR_NO_MEMORY);
    tpc_event_free(event);
    done_with_text(env);
    return text;
}

bool read_event_of_request(napi_env env, napi_callback_info info, struct request_event *made) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    tpc_error error;
    int32_t status;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &json)) return false;
    made->client = read_client(env, arguments[0]);
    status = tpc_client_event_from_request(made->client, json.bytes, json.length, &made->event, &made->left_out, &error);
    done_with_text(env);
    if (status != TPC_OK) throw_error(env, &error);
    return status == TPC_OK;
}

/* (handle, json): the event's JSON, or null when a rule left the request out. */
napi_value event_from_request(napi_env env, napi_callback_info info) {
    struct request_event made = {0};

    if (!read_event_of_request(env, info, &made)) return NULL;
    return made.event == NULL ? make_null(env) : take_json(env, made.event);
}

enum { TEXTS = TPC_REQUEST_TRACEPARENT + 1 };

/* Takes apart texts that each follow their mark and end with a NUL; returns how many there are, or -1 for another mark. */
static int64_t split_texts(const struct text *text, const char *values[TEXTS], size_t lengths[TEXTS]) {
    const char *at = text->bytes, *end = at + text->length;
    int64_t found = 0;

    for (; at < end; found++) {
        size_t number = (unsigned char)*at - 1u;
        const char *stop = memchr(at, 0, (size_t)(end - at));
        if (number >= TEXTS || stop == NULL) return -1;
        values[number] = at + 1;
        lengths[number] = (size_t)(stop - at - 1);
        at = stop + 1;
    }
    return found;
}

/* (handle, texts, count): as track_request; undefined when the texts are not that many, since one contains a NUL. */
napi_value track_request_texts(napi_env env, napi_callback_info info) {
    size_t count = 3;
    napi_value arguments[3];
    struct text text;
    int64_t expected = 0;
    const char *values[TEXTS] = {0}, *left_out = NULL;
    size_t lengths[TEXTS] = {0};
    tpc_error error;
    tpc_client *client;
    int32_t status;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &text)) return NULL;
    napi_get_value_int64(env, arguments[2], &expected);
    if (split_texts(&text, values, lengths) != expected) return done_with_text(env), NULL;
    client = read_client(env, arguments[0]);
    status = tpc_client_track_request_fields(client, values, lengths, TEXTS, NULL, &left_out, &error);
    done_with_text(env);
    if (status != TPC_OK) return throw_error(env, &error);
    return left_out == NULL ? make_null(env) : make_text(env, left_out);
}

/* (handle): a number that all handles of the client share. */
napi_value client_number(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument, number = NULL;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    napi_create_bigint_uint64(env, (uint64_t)(uintptr_t)read_client(env, argument), &number);
    return number;
}

static napi_value make_three_texts(napi_env env, const char *const texts[3]) {
    napi_value result = NULL;

    napi_create_array_with_length(env, 3, &result);
    for (uint32_t i = 0; i < 3; i++) napi_set_element(env, result, i, make_text(env, texts[i]));
    return result;
}

/* (user_agent): null, or [name, operator, purpose]. */
napi_value ai_agent(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument;
    struct text user_agent;
    const char *texts[3];
    int32_t found;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    if (!read_text(env, argument, &user_agent)) return NULL;
    found = tpc_ai_agent(user_agent.bytes, user_agent.length, &texts[0], &texts[1], &texts[2]);
    done_with_text(env);
    return found ? make_three_texts(env, texts) : make_null(env);
}

/* (referrer, href): null, or [name, operator, evidence]. */
napi_value ai_answer(napi_env env, napi_callback_info info) {
    size_t count = 2, referrer_length;
    napi_value arguments[2];
    struct text text;
    char *referrer;
    const char *texts[3];
    int32_t found;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[0], &text)) return NULL;
    /* The next text is read into the same memory. */
    referrer = malloc(text.length + 1);
    if (referrer == NULL) return throw_status(env, TPC_ERROR_NO_MEMORY);
    referrer_length = text.length;
    memcpy(referrer, text.bytes, text.length);
    if (!read_text(env, arguments[1], &text)) {
        free(referrer);
        return NULL;
    }
    found = tpc_ai_answer(referrer, referrer_length, text.bytes, text.length, &texts[0], &texts[1], &texts[2]);
    free(referrer);
    done_with_text(env);
    return found ? make_three_texts(env, texts) : make_null(env);
}

/* The names of the request headers that track_request reads. */
napi_value request_headers(napi_env env) {
    napi_value names = NULL;
    const char *name;

    napi_create_array(env, &names);
    for (uint32_t i = 0; (name = tpc_request_header(i)) != NULL; i++) napi_set_element(env, names, i, make_text(env, name));
    return names;
}
