/*
 * The library's options, as a web server's configuration sets them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_OPTIONS_H
#define TPC_SERVER_OPTIONS_H

#include <stddef.h>
#include <tpc.h>

/*
 * Sets one option, as tpc_options_set does; refuses, with TPC_ERROR_INVALID_OPTION and a message that says what to do
 * instead, the options that the module sets by itself: log_descriptor, name, exit_timeout_ms, sdk_..., and api_key_file,
 * which the master has to read (see below).
 */
int32_t tpc_server_option_set(tpc_options *options, const char *name, size_t name_length, const char *value,
                              size_t value_length, tpc_error *error);

/*
 * Reads the API key out of a file and sets api_key. For the server's first process, which may read what its workers may
 * not. Takes the same files as the option api_key_file. The key is in no message, and is wiped from the memory that read it.
 */
int32_t tpc_server_option_key_file(tpc_options *options, const char *path, tpc_error *error);

#endif
