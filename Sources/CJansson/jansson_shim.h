/*
 * jansson for Swift: reference counting and type tests are macros and static inline functions there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_JANSSON_SHIM_H
#define TPC_JANSSON_SHIM_H

#include <jansson.h>

static inline void tpc_json_release(json_t *value) { json_decref(value); }
static inline int tpc_json_is_true(const json_t *value) { return json_is_true(value); }
static inline int tpc_json_is_false(const json_t *value) { return json_is_false(value); }

#endif
