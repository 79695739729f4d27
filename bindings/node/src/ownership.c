/*
 * How clients end that nobody closes: with their environment, if a worker thread created them for itself; and when nothing refers to
 * them any more.
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

/*
 * Bytes that a client counts for with the garbage collector, which otherwise would not know that there is anything to collect: a
 * process has at most 1,024 clients.
 */
#define CLIENT_BYTES 262144

static void count_memory(napi_env env, int64_t bytes) {
    int64_t total;

    napi_adjust_external_memory(env, bytes, &total);
}

void release_instance(struct instance *instance) {
    if (--instance->references > 0) return;
    free(instance->owned);
    free(instance->text);
    tpc_event_free(instance->event);
    free(instance);
}

/* The handle is garbage. A client that was closed is not known any more, and this does nothing to it. */
static void give_up(napi_env env, void *client, void *hint) {
    struct instance *instance = hint;

    tpc_client_release(client);
    if (!instance->has_ended) {
        disown_client(instance, client);
        count_memory(env, -CLIENT_BYTES);
    }
    release_instance(instance);
}

/* An external's pointer is the token itself: the library never dereferences it. */
napi_value make_handle(napi_env env, tpc_client *client, bool is_shared) {
    struct instance *instance = instance_of(env);
    napi_value handle = NULL;

    if (is_shared) {
        napi_create_external(env, client, NULL, NULL, &handle);
        return handle;
    }
    if (napi_create_external(env, client, give_up, instance, &handle) != napi_ok) return NULL;
    instance->references++;
    count_memory(env, CLIENT_BYTES);
    return handle;
}
