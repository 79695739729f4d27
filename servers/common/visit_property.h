/*
 * A property of a visit, from a text of the web server's configuration.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_VISIT_PROPERTY_H
#define TPC_SERVER_VISIT_PROPERTY_H

#include <stddef.h>
#include <tpc.h>

enum tpc_server_property_type { TPC_SERVER_STRING, TPC_SERVER_NUMBER, TPC_SERVER_BOOLEAN };

/* The type that a configuration names: "string", "number" or "boolean"; -1 for anything else. */
int tpc_server_property_type(const char *name, size_t length);

/*
 * Sets a property of the event. An empty value is left out. So is, where the type asks for a number, one that is not a
 * finite number of JSON in fewer than 64 characters, and where it asks for a boolean, one that is not true, false, on, off,
 * yes, no, 1 or 0, in any case. A text that is not UTF-8 is read as Latin-1. Returns what the library returns;
 * TPC_ERROR_TOO_LARGE, which a visitor can cause, is about this property alone.
 */
int32_t tpc_server_property_set(tpc_event *event, const char *key, size_t key_length, const char *value,
                                size_t value_length, int type, tpc_error *error);

/*
 * Sets a field of the event (TPC_FIELD_...). An empty value is left out, and a text that is not UTF-8 is read as Latin-1.
 * Returns what the library returns.
 */
int32_t tpc_server_field_set(tpc_event *event, int32_t field, const char *value, size_t value_length, tpc_error *error);

#endif
