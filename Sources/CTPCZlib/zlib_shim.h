/*
 * zlib for Swift: its initializers are macros. For the tool alone; the library does not link it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_ZLIB_SHIM_H
#define TPC_ZLIB_SHIM_H

#include <zlib.h>

/* Begins to inflate gzip, with the largest window. */
static inline int tpc_zlib_begin(z_stream *stream) { return inflateInit2(stream, 16 + MAX_WBITS); }

#endif
