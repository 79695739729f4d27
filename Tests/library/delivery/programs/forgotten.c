/*
 * A libcurl that does not end a request whose time is over: the library does, and sends the event again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <stdarg.h>

#define CURLOPT_TIMEOUT_MS 155

int curl_easy_setopt(void *handle, int option, ...) {
    int (*real)(void *, int, ...) = (int (*)(void *, int, ...))dlsym(RTLD_NEXT, "curl_easy_setopt");
    va_list arguments;
    va_start(arguments, option);
    void *value = va_arg(arguments, void *);
    va_end(arguments);
    return option == CURLOPT_TIMEOUT_MS ? 0 : real(handle, option, value);
}

int main(void) {
    tpc_client *client = client_open();
    CHECK(client_track(client, "forgotten", 0) == TPC_OK);
    CHECK(tpc_client_flush(client, 50000, NULL) == TPC_OK);
    tpc_stats stats = client_stats(client);
    CHECK(stats.delivered == 1 && stats.requests == 2 && stats.failed_requests == 1);
    CHECK(tpc_client_close(client, 50000, NULL) == TPC_OK);
    return 0;
}
