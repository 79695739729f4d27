/*
 * libcurl for Swift: its setters and getters are variadic, so each argument type gets a function of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_CURL_SHIM_H
#define TPC_CURL_SHIM_H

#ifndef __linux__
#error "libtpc runs on Linux; docs/swift.md says how a package for macOS leaves it out"
#endif

#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <sys/socket.h>

static inline CURLcode tpc_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode tpc_curl_set_large(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode tpc_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode tpc_curl_set_write(CURL *handle, CURLoption option,
                                          size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, function);
}
static inline long tpc_curl_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
static inline curl_off_t tpc_curl_get_large(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
static inline const char *tpc_curl_get_string(CURL *handle, CURLINFO info) {
    const char *value = NULL;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : NULL;
}
static inline void *tpc_curl_get_private(CURL *handle) {
    char *value = NULL;
    return curl_easy_getinfo(handle, CURLINFO_PRIVATE, &value) == CURLE_OK ? value : NULL;
}
static inline CURLMcode tpc_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
/*
 * A program that the host starts must not inherit the connection: close-on-exec from the first moment. The system gives up a
 * connection whose other end acknowledges nothing for `timeout` milliseconds; by itself it would try for a quarter of an hour.
 */
static inline curl_socket_t tpc_curl_socket(const struct curl_sockaddr *address, unsigned timeout) {
    int descriptor = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (descriptor >= 0) (void)setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
    return descriptor;
}
static inline CURLcode tpc_curl_set_close_socket(CURL *handle, curl_closesocket_callback function) {
    return curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, function);
}
static inline CURLcode tpc_curl_set_open_socket(CURL *handle, curl_opensocket_callback function) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}
static inline const curl_version_info_data *tpc_curl_version(void) { return curl_version_info(CURLVERSION_NOW); }
/*
 * OpenSSL registers its handler at exit with its first call. This one does little else (OPENSSL_INIT_ATFORK; no option at all
 * would do nothing), so that a handler of ours can follow before the long part of setting it up. Weak: libcurl may have another
 * TLS library.
 */
extern int OPENSSL_init_crypto(uint64_t options, const void *settings) __attribute__((weak));
static inline void tpc_curl_begin_openssl(void) {
    if (OPENSSL_init_crypto != NULL) OPENSSL_init_crypto(0x00020000, NULL);
}
/*
 * OpenSSL frees its state for a thread when the thread ends. During OpenSSL's own cleanup at exit that crashes, so it is freed earlier.
 * Skipped while the thread has queued errors: they may be the host's.
 */
extern void OPENSSL_thread_stop(void) __attribute__((weak));
extern unsigned long ERR_peek_error(void) __attribute__((weak));
static inline void tpc_curl_end_openssl_thread(void) {
    if (OPENSSL_thread_stop != NULL && ERR_peek_error != NULL && ERR_peek_error() == 0) OPENSSL_thread_stop();
}
/* The result of a finished transfer. It is in a union, which Swift does not import by name. */
static inline CURLcode tpc_curl_message_result(const CURLMsg *message) { return message->data.result; }

#endif
