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

/*
 * Ed25519, from OpenSSL 1.1.1 on. These take locks and leave state in the thread: only inside CurlGate. A host's own queue of OpenSSL
 * errors stays as it is.
 */
typedef struct evp_pkey_st tpc_crypto_key;
typedef struct evp_md_ctx_st tpc_crypto_digest;
extern tpc_crypto_key *EVP_PKEY_new_raw_public_key(int type, void *engine, const unsigned char *key, size_t length) __attribute__((weak));
extern void EVP_PKEY_free(tpc_crypto_key *key) __attribute__((weak));
extern tpc_crypto_digest *EVP_MD_CTX_new(void) __attribute__((weak));
extern void EVP_MD_CTX_free(tpc_crypto_digest *digest) __attribute__((weak));
extern int EVP_DigestVerifyInit(tpc_crypto_digest *digest, void **context, const void *type, void *engine, tpc_crypto_key *key)
    __attribute__((weak));
extern int EVP_DigestVerify(tpc_crypto_digest *digest, const unsigned char *signature, size_t signature_length,
                            const unsigned char *text, size_t length) __attribute__((weak));
extern int ERR_set_mark(void) __attribute__((weak));
extern int ERR_pop_to_mark(void) __attribute__((weak));
static inline int tpc_crypto_has_ed25519(void) {
    return EVP_PKEY_new_raw_public_key != NULL && EVP_PKEY_free != NULL && EVP_MD_CTX_new != NULL && EVP_MD_CTX_free != NULL &&
           EVP_DigestVerifyInit != NULL && EVP_DigestVerify != NULL && ERR_set_mark != NULL && ERR_pop_to_mark != NULL;
}
/* Whether a signature of 64 bytes is that of a key of 32 bytes: 1, 0, or another number if that could not be found out. */
static inline int tpc_crypto_verify_ed25519(const unsigned char *key, const unsigned char *signature, const unsigned char *text,
                                            size_t length) {
    int result = -1;
    ERR_set_mark();
    tpc_crypto_key *made = EVP_PKEY_new_raw_public_key(1087 /* EVP_PKEY_ED25519 */, NULL, key, 32);
    tpc_crypto_digest *digest = EVP_MD_CTX_new();
    if (made != NULL && digest != NULL && EVP_DigestVerifyInit(digest, NULL, NULL, NULL, made) == 1)
        result = EVP_DigestVerify(digest, signature, 64, text, length);
    EVP_MD_CTX_free(digest);
    EVP_PKEY_free(made);
    ERR_pop_to_mark();
    return result;
}

#endif
