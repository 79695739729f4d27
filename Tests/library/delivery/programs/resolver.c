/*
 * A host whose resolver hangs: getaddrinfo, which libcurl finds here before the C library's, answers no one. Close
 * comes back in its time, and so does exit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <netdb.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    (void)node, (void)service, (void)hints, (void)result;
    for (;;) pause();
}

int main(void) {
    tpc_client *client = client_open();
    for (int number = 0; number < 10; number++) CHECK(client_track(client, "resolver", number) == TPC_OK);
    size_t undelivered;
    uint64_t start = nanoseconds();
    CHECK(tpc_client_close(client, 500, &undelivered) == TPC_ERROR_TIMEOUT && undelivered == 10);
    printf("{\"close_seconds\": %f}\n", (double)(nanoseconds() - start) / 1e9);
    return 0;
}
