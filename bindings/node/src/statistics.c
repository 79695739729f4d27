/*
 * The counters of a client.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <string.h>

/* The members of tpc_stats after its size. */
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
    STATISTIC(in_flight),         STATISTIC(left_out),        STATISTIC(spooled),
    STATISTIC(adopted),           STATISTIC(unspooled),       STATISTIC(spool_bytes),
    STATISTIC(spool_errors),      STATISTIC(spool_corrupt),
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
