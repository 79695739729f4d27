/*
 * The clients that are closed when their environment ends: those that a worker thread created for itself.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <stdlib.h>
#include <time.h>

bool own_client(struct instance *instance, tpc_client *client, int32_t close_ms) {
    if (instance->owned_count == instance->owned_capacity) {
        size_t capacity = instance->owned_capacity == 0 ? 4 : instance->owned_capacity * 2;
        struct owned_client *grown = realloc(instance->owned, capacity * sizeof *grown);

        if (grown == NULL) return false;
        instance->owned = grown;
        instance->owned_capacity = capacity;
    }
    instance->owned[instance->owned_count++] = (struct owned_client){client, close_ms};
    return true;
}

void disown_client(struct instance *instance, const tpc_client *client) {
    for (size_t i = 0; i < instance->owned_count; i++)
        if (instance->owned[i].client == client) {
            instance->owned[i] = instance->owned[--instance->owned_count];
            return;
        }
}

static int64_t now_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The clients' senders work in parallel, so closing all of them may take as long as the longest timeout. */
void close_owned_clients(struct instance *instance) {
    int64_t start = now_ms();

    for (size_t i = 0; i < instance->owned_count; i++) {
        int64_t left = start + instance->owned[i].close_ms - now_ms();

        tpc_client_close(instance->owned[i].client, left > 0 ? (int32_t)left : 0, NULL);
    }
    instance->owned_count = 0;
}
