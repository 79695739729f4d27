/*
 * Loads the library, uses it from four threads and unloads it under them, again and again: nothing goes away.
 *
 *     unload LIBRARY
 *
 * Prints how many events were delivered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "client.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, TURNS = 5 };

static struct {
    int32_t (*open)(const tpc_options *, tpc_client **, tpc_error *);
    int32_t (*track)(tpc_client *, const char *, size_t, tpc_error *);
    int32_t (*flush)(tpc_client *, int32_t, size_t *);
    int32_t (*close)(tpc_client *, int32_t, size_t *);
} tpc;

static atomic_int stop;
static atomic_long accepted;

static void *load(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    *(void **)&tpc.open = dlsym(library, "tpc_client_new");
    *(void **)&tpc.track = dlsym(library, "tpc_client_track_json");
    *(void **)&tpc.flush = dlsym(library, "tpc_client_flush");
    *(void **)&tpc.close = dlsym(library, "tpc_client_close");
    return library;
}

/* What it calls stays mapped when the library is closed: its pointers do not change. */
static void *keep_tracking(void *client) {
    static const char event[] = "{\"event\":\"page_visit\",\"page\":{\"href\":\"https://example.com/\"}}";
    while (!atomic_load(&stop)) {
        int32_t status = tpc.track(client, event, sizeof event - 1, NULL);
        CHECK(status == TPC_OK || status == TPC_ERROR_QUEUE_FULL);
        if (status == TPC_OK) atomic_fetch_add(&accepted, 1);
        else tpc.flush(client, 1, NULL);
    }
    return NULL;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    pthread_t threads[THREADS];
    tpc_client *client;
    void *library = load(arguments[1]);
    CHECK(tpc.open(NULL, &client, NULL) == TPC_OK);
    for (int index = 0; index < THREADS; index++)
        CHECK(pthread_create(&threads[index], NULL, keep_tracking, client) == 0);
    for (int turn = 0; turn < TURNS; turn++) {
        while (atomic_load(&accepted) < 20 * (turn + 1)) usleep(100);
        CHECK(dlclose(library) == 0);
        library = load(arguments[1]);
    }
    CHECK(dlclose(library) == 0);
    atomic_store(&stop, 1);
    for (int index = 0; index < THREADS; index++) CHECK(pthread_join(threads[index], NULL) == 0);
    size_t left;
    CHECK(tpc.close(client, 60000, &left) == TPC_OK && left == 0);
    printf("%ld\n", (long)accepted);
    return 0;
}
