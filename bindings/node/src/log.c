/*
 * The library's log lines, one at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

/* Bytes. No line has more. */
#define LONGEST_LINE 512

/* (): the oldest line that is kept, or null. */
napi_value log_take(napi_env env, napi_callback_info info) {
    char line[LONGEST_LINE];
    size_t length = 0;

    (void)info;
    if (tpc_log_take(line, sizeof line, &length) != TPC_OK || length == 0) return make_null(env);
    return make_text(env, line);
}
