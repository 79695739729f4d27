/*
 * Delivery reports: takes those that are available.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

/* (handle): whether the client keeps reports at all. */
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
    case TPC_OUTCOME_SPOOLED: return "spooled";
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
