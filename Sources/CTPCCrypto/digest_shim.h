/*
 * libcrypto's SHA-256 for the tool, which links it. (The library takes what libcurl brings: CTPCCurl/crypto_shim.h.)
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_DIGEST_SHIM_H
#define TPC_DIGEST_SHIM_H

#include <openssl/evp.h>

#endif
