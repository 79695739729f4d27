/*
 * A system that refuses threads for a while: `track` says so, the log says so once, and nothing is in the way once there are some.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <stdatomic.h>

static atomic_int refusals = 3;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *context) {
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
        (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
    return refusals > 0 && refusals-- > 0 ? EAGAIN : real(thread, attributes, start, context);
}

int main(void) {
    tpc_client *client = client_open();
    for (int number = 0; number < 3; number++) CHECK(client_track(client, "refused", number) == TPC_ERROR_SYSTEM);
    CHECK(client_stats(client).refused_system == 3 && client_stats(client).accepted == 0);
    CHECK(client_track(client, "refused", 3) == TPC_OK);
    CHECK(tpc_client_close(client, 50000, NULL) == TPC_OK);
    return 0;
}
