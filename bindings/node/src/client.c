/*
 * The calls that do not wait: one of the library's each.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <stdlib.h>
#include <string.h>

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
        /* A longer one is no option's; the library says so of what is left of it. */
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

static bool load_environment(napi_env env, tpc_options *options) {
    tpc_error error;

    if (tpc_options_load_environment(options, &error) == TPC_OK) return true;
    throw_error(env, &error);
    return false;
}

/*
 * (defaults, reads_environment, given, is_shared, close_ms): options as set_options takes them. With close_ms, a number, the
 * client ends with its environment.
 */
napi_value open_client(napi_env env, napi_callback_info info) {
    size_t count = 5;
    napi_value arguments[5], handle = NULL;
    bool reads_environment = false, is_shared = false;
    napi_valuetype close_type = napi_undefined;
    tpc_options *options = tpc_options_new();
    tpc_client *client = NULL;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    napi_get_value_bool(env, arguments[1], &reads_environment);
    napi_get_value_bool(env, arguments[3], &is_shared);
    napi_typeof(env, arguments[4], &close_type);
    if (options == NULL) return throw_status(env, TPC_ERROR_NO_MEMORY);
    if (set_options(env, options, arguments[0]) && (!reads_environment || load_environment(env, options)) &&
        set_options(env, options, arguments[2])) {
        if ((is_shared ? tpc_client_shared : tpc_client_new)(options, &client, &error) != TPC_OK)
            throw_error(env, &error);
        else if (close_type == napi_number && !own_client(instance_of(env), client, read_timeout(env, arguments[4]))) {
            tpc_client_close(client, 0, NULL);
            throw_status(env, TPC_ERROR_NO_MEMORY);
        } else
            napi_create_external(env, client, NULL, NULL, &handle);
    }
    tpc_options_free(options);
    return handle;
}

/* (handle, json) */
napi_value track_json(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &json)) return NULL;
    if (tpc_client_track_json(read_client(env, arguments[0]), json.bytes, json.length, &error) != TPC_OK)
        throw_error(env, &error);
    return NULL;
}

/* (handle, json): null, or the word for the rule that left the request out. */
napi_value track_request(napi_env env, napi_callback_info info) {
    size_t count = 2;
    napi_value arguments[2];
    struct text json;
    const char *left_out = NULL;
    tpc_error error;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    if (!read_text(env, arguments[1], &json)) return NULL;
    if (tpc_client_track_request(read_client(env, arguments[0]), json.bytes, json.length, &left_out, &error) != TPC_OK)
        return throw_error(env, &error);
    return left_out == NULL ? make_null(env) : make_text(env, left_out);
}

/* (user_agent): null, or [name, operator, purpose]. */
napi_value ai_agent(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument, result = NULL;
    struct text user_agent;
    const char *words[3];

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    if (!read_text(env, argument, &user_agent)) return NULL;
    if (!tpc_ai_agent(user_agent.bytes, user_agent.length, &words[0], &words[1], &words[2])) return make_null(env);
    napi_create_array_with_length(env, 3, &result);
    for (uint32_t i = 0; i < 3; i++) napi_set_element(env, result, i, make_text(env, words[i]));
    return result;
}

/* The members of tpc_stats behind its size. */
static const struct {
    const char *name;
    size_t offset;
} statistics[] = {
#define STATISTIC(name) {#name, offsetof(tpc_stats, name)}
    STATISTIC(accepted),          STATISTIC(delivered),       STATISTIC(rejected),
    STATISTIC(expired),           STATISTIC(abandoned),       STATISTIC(pending),
    STATISTIC(refused_invalid),   STATISTIC(refused_too_large), STATISTIC(refused_queue_full),
    STATISTIC(refused_system),    STATISTIC(sampled_out),     STATISTIC(disabled),
    STATISTIC(requests),          STATISTIC(failed_requests), STATISTIC(retries),
    STATISTIC(odd_responses),     STATISTIC(reports_dropped), STATISTIC(queue_bytes),
    STATISTIC(in_flight),         STATISTIC(left_out),
#undef STATISTIC
};
#define STATISTICS_COUNT (sizeof statistics / sizeof *statistics)

/* The names of the numbers that stats returns. */
napi_value stats_names(napi_env env) {
    napi_value names = NULL;

    napi_create_array_with_length(env, STATISTICS_COUNT, &names);
    for (uint32_t i = 0; i < STATISTICS_COUNT; i++) napi_set_element(env, names, i, make_text(env, statistics[i].name));
    return names;
}

/* (handle): the numbers, in the order of stats_names. */
napi_value stats(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument, numbers = NULL;
    tpc_stats filled;
    int32_t status;

    memset(&filled, 0, sizeof filled);
    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    status = tpc_client_stats(read_client(env, argument), &filled, sizeof filled);
    if (status != TPC_OK) return throw_status(env, status);
    napi_create_array_with_length(env, STATISTICS_COUNT, &numbers);
    for (uint32_t i = 0; i < STATISTICS_COUNT; i++) {
        uint64_t number;

        memcpy(&number, (const char *)&filled + statistics[i].offset, sizeof number);
        napi_set_element(env, numbers, i, make_number(env, (double)number));
    }
    return numbers;
}

/* (handle): whether there are ever any reports to take. */
napi_value keeps_reports(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument, result = NULL;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    napi_get_boolean(env, tpc_client_report_descriptor(read_client(env, argument)) >= 0, &result);
    return result;
}

static const char *outcome_name(int32_t outcome) {
    switch (outcome) {
    case TPC_OUTCOME_DELIVERED: return "delivered";
    case TPC_OUTCOME_REJECTED: return "rejected";
    case TPC_OUTCOME_EXPIRED: return "expired";
    case TPC_OUTCOME_ABANDONED: return "abandoned";
    default: return "unknown";
    }
}

/* (handle): the oldest report, or null when there is none now. */
napi_value take_report(napi_env env, napi_callback_info info) {
    size_t count = 1;
    napi_value argument, result = NULL;
    tpc_report *report = NULL;
    int32_t status;

    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    status = tpc_client_poll(read_client(env, argument), 0, &report);
    if (status != TPC_OK) return throw_status(env, status);
    if (report == NULL) return make_null(env);
    napi_create_object(env, &result);
    napi_set_named_property(env, result, "outcome", make_text(env, outcome_name(tpc_report_outcome(report))));
    napi_set_named_property(env, result, "eventId", make_text(env, tpc_report_event_id(report)));
    napi_set_named_property(env, result, "httpStatus", make_number(env, tpc_report_http_status(report)));
    napi_set_named_property(env, result, "attempts", make_number(env, tpc_report_attempts(report)));
    napi_set_named_property(env, result, "code", make_text(env, tpc_report_code(report)));
    napi_set_named_property(env, result, "message", make_text(env, tpc_report_message(report)));
    napi_set_named_property(env, result, "details", make_text(env, tpc_report_details(report)));
    napi_set_named_property(env, result, "receivedAt", make_text(env, tpc_report_received_at(report)));
    tpc_report_free(report);
    return result;
}
