/*
 * The addon's entry point: the functions that JavaScript sees. lib/addon.js documents them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <stdlib.h>

/* (make_error): called once, before anything that can fail. */
static napi_value set_error_maker(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    napi_create_reference(env, argument, 1, &instance_of(env)->make_error);
    return NULL;
}

/* Runs while the environment ends: at the end of a worker thread, or of the program. */
static void end_environment(void *data) {
    struct instance *instance = data;

    instance->has_ended = true;
    close_owned_clients(instance);
}

static void free_instance(napi_env env, void *data, void *hint) {
    (void)env, (void)hint;
    release_instance(data);
}

NAPI_MODULE_INIT() {
    const napi_property_descriptor functions[] = {
#define FUNCTION(name, function) {name, NULL, function, NULL, NULL, NULL, napi_enumerable, NULL}
        FUNCTION("setErrorMaker", set_error_maker),
        FUNCTION("open", open_client),
        FUNCTION("validateOptions", validate_options),
        FUNCTION("trackFields", track_fields),
        FUNCTION("trackJson", track_json),
        FUNCTION("trackRequest", track_request),
        FUNCTION("trackRequestTexts", track_request_texts),
        FUNCTION("eventFromRequest", event_from_request),
        FUNCTION("number", client_number),
        FUNCTION("stats", stats),
        FUNCTION("keepsReports", keeps_reports),
        FUNCTION("takeReport", take_report),
        FUNCTION("flush", flush),
        FUNCTION("close", close_client),
        FUNCTION("aiAgent", ai_agent),
        FUNCTION("aiAnswer", ai_answer),
        FUNCTION("logTake", log_take),
        FUNCTION("eventToJson", event_to_json),
        FUNCTION("requestToJson", request_to_json),
#undef FUNCTION
    };
    struct instance *instance = calloc(1, sizeof *instance);

    if (instance == NULL) {
        napi_throw_error(env, NULL, "memory ran out");
        return NULL;
    }
    instance->references = 1;
    napi_set_instance_data(env, instance, free_instance, NULL);
    napi_add_env_cleanup_hook(env, end_environment, instance);
    napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
    napi_set_named_property(env, exports, "statsNames", stats_names(env));
    napi_set_named_property(env, exports, "requestHeaders", request_headers(env));
    return exports;
}
