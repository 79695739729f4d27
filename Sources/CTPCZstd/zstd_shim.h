/*
 * libzstd for Swift. For the tool alone; the library does not link it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_ZSTD_SHIM_H
#define TPC_ZSTD_SHIM_H

#include <zstd.h>

#endif
