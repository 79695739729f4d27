/*
 * The counters as text: JSON, and Prometheus's text format (version 0.0.4).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_STATUS_TEXT_H
#define TPC_SERVER_STATUS_TEXT_H

#include <stddef.h>
#include "worker_counters.h"

/* Enough for either text. */
#define TPC_SERVER_STATUS_CAPACITY 16384

/* Writes the text, followed by a NUL, and returns its length; capacity is at least TPC_SERVER_STATUS_CAPACITY. */
size_t tpc_server_status_json(const tpc_server_totals *totals, char *buffer, size_t capacity);
size_t tpc_server_status_prometheus(const tpc_server_totals *totals, char *buffer, size_t capacity);

#endif
