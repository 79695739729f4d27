/*
 * A libcurl that loses wake-ups which come while it works (8.21.0 does), and that sleeps for as long as it may: an event that is
 * tracked in such a moment is sent while another request hangs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <stdatomic.h>

#define AGES 600000

typedef int perform(void *, int *);
typedef int wait(void *, void *, unsigned, int, int *);

static tpc_client *client;
/* Whether the sender tracks an event when it is about to sleep during a request. */
static atomic_int is_armed;
static atomic_int is_running;

int curl_multi_poll(void *multi, void *extra, unsigned count, int timeout, int *ready) {
    wait *real = (wait *)dlsym(RTLD_NEXT, "curl_multi_poll");
    /* A millisecond is how long it looks for events by itself. */
    if (timeout > 1 && is_running && atomic_exchange(&is_armed, 0)) {
        CHECK(client_track(client, "late", 0) == TPC_OK);
        real(multi, NULL, 0, 0, NULL);
    }
    return real(multi, extra, count, timeout > 1 ? AGES : timeout, ready);
}

int curl_multi_perform(void *multi, int *running) {
    perform *real = (perform *)dlsym(RTLD_NEXT, "curl_multi_perform");
    int result = real(multi, running);
    is_running = *running > 0;
    return result;
}

int main(void) {
    client = client_open();
    /* Enough that more than one request may be under way. */
    for (int number = 0; number < 20; number++) CHECK(client_track(client, "early", number) == TPC_OK);
    CHECK(tpc_client_flush(client, AGES, NULL) == TPC_OK);
    is_armed = 1;
    CHECK(client_track(client, "hangs", 0) == TPC_OK);
    struct timespec moment = {0, 1000000};
    for (uint64_t start = nanoseconds(); client_stats(client).delivered < 21; nanosleep(&moment, NULL))
        CHECK(nanoseconds() - start < 50 * (uint64_t)1000000000);
    CHECK(client_stats(client).pending == 1 && !is_armed);
    CHECK(tpc_client_close(client, 0, NULL) == TPC_ERROR_TIMEOUT);
    return 0;
}
