/*
 * What is used of libcrypto, which libcurl brings. Weak: the linker finds these functions in libcrypto when the library is
 * loaded, and libcurl may have another TLS library. No dependency of our own, and nothing to load.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_CRYPTO_SHIM_H
#define TPC_CRYPTO_SHIM_H

#include <stddef.h>
#include <stdint.h>

/*
 * SHA-256. These three only compute: they take no lock, allocate nothing and leave no state in the thread. So any thread may call
 * them while the process forks or exits. OpenSSL's newer functions (EVP_..., HMAC, and SHA256 since 3.0) look the algorithm up
 * first, under locks, and belong inside CurlGate.
 */
typedef struct {
    uint64_t words[16]; /* SHA256_CTX has 112 bytes in OpenSSL 1.1 to 3, LibreSSL and BoringSSL */
} tpc_crypto_hash;
extern int SHA256_Init(void *hash) __attribute__((weak));
extern int SHA256_Update(void *hash, const void *text, size_t length) __attribute__((weak));
extern int SHA256_Final(unsigned char *digest, void *hash) __attribute__((weak));
static inline int tpc_crypto_has_sha256(void) { return SHA256_Init != NULL && SHA256_Update != NULL && SHA256_Final != NULL; }

#endif
