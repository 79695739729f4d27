/*
 * Tracks one event after another until SECONDS have passed by its clock, and prints how often the host's name was looked
 * up and how many requests failed.
 *
 *     aging SECONDS
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <netdb.h>
#include <stdatomic.h>

static atomic_int lookups;

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
        (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    (void)node;
    lookups++;
    return real("127.0.0.1", service, hints, result);
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    tpc_client *client = client_open();
    uint64_t end = nanoseconds() + (uint64_t)atol(arguments[1]) * 1000000000u;
    long events = 0;
    while (nanoseconds() < end) {
        CHECK(client_track(client, "aging", events++) == TPC_OK);
        CHECK(tpc_client_flush(client, 2000000000, NULL) == TPC_OK);
    }
    tpc_stats stats = client_stats(client);
    CHECK(stats.delivered == (uint64_t)events);
    printf("{\"lookups\": %d, \"failed\": %d}\n", lookups, (int)stats.failed_requests);
    CHECK(tpc_client_close(client, 2000000000, NULL) == TPC_OK);
    return 0;
}
