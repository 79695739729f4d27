/*
 * jansson for Swift: reference counting and type tests are macros and static inline functions there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_JANSSON_SHIM_H
#define TPC_JANSSON_SHIM_H

#ifndef __linux__
#error "libtpc runs on Linux; docs/swift.md says how a package for macOS leaves it out"
#endif

#include <jansson.h>

static inline void tpc_json_release(json_t *value) { json_decref(value); }
static inline int tpc_json_is_true(const json_t *value) { return json_is_true(value); }
static inline int tpc_json_is_array(const json_t *value) { return json_is_array(value); }
static inline int tpc_json_is_object(const json_t *value) { return json_is_object(value); }
static inline int tpc_json_is_integer(const json_t *value) { return json_is_integer(value); }
static inline int tpc_json_is_false(const json_t *value) { return json_is_false(value); }

/* The value of a text. NULL if it has none or memory ran out; *offset is then where jansson stopped. */
static inline json_t *tpc_json_load(const char *text, size_t length, long *offset) {
    json_error_t error;
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL) *offset = error.position > 0 ? error.position - 1 : 0;
    return value;
}

#endif
