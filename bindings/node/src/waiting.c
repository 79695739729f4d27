/*
 * The calls that wait: flush and close. Each runs on a thread of its own and settles a promise.
 *
 * Not on libuv's pool: its four threads also serve files and host names, and a process that exits waits for them. The
 * thread never enters JavaScript; Node-API's thread-safe function passes its result to the environment's own thread. An
 * environment, and with it its thread-safe function, may end before the thread does: the lock and `is_gone` keep the
 * thread from using it then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "addon.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct waiting {
    tpc_client *client;
    int32_t timeout_ms;
    int32_t (*call)(tpc_client *client, int32_t timeout_ms, size_t *left);
    /* The result of the call. */
    int32_t status;
    size_t left;

    napi_deferred promise;
    napi_threadsafe_function settle;
    pthread_mutex_t lock;
    bool is_gone;      /* the thread-safe function */
    int references;    /* the thread's and the thread-safe function's */
};

static void release(struct waiting *waiting) {
    int left;

    pthread_mutex_lock(&waiting->lock);
    left = --waiting->references;
    pthread_mutex_unlock(&waiting->lock);
    if (left > 0) return;
    pthread_mutex_destroy(&waiting->lock);
    free(waiting);
}

static void *wait_on_thread(void *data) {
    struct waiting *waiting = data;

    waiting->status = waiting->call(waiting->client, waiting->timeout_ms, &waiting->left);
    pthread_mutex_lock(&waiting->lock);
    /* Any other result than napi_ok means that the environment is ending and has released the function. */
    if (!waiting->is_gone && napi_call_threadsafe_function(waiting->settle, NULL, napi_tsfn_nonblocking) == napi_ok)
        napi_release_threadsafe_function(waiting->settle, napi_tsfn_release);
    pthread_mutex_unlock(&waiting->lock);
    release(waiting);
    return NULL;
}

/* On the environment's thread; env is NULL when it is ending. */
static void settle_promise(napi_env env, napi_value callback, void *context, void *data) {
    struct waiting *waiting = context;
    tpc_error error;

    (void)callback, (void)data;
    if (env == NULL) return;
    /* Events that are left are a result, not a failure. */
    if (waiting->status == TPC_OK || waiting->status == TPC_ERROR_TIMEOUT) {
        napi_resolve_deferred(env, waiting->promise, make_number(env, (double)waiting->left));
        return;
    }
    describe_status(&error, waiting->status);
    napi_reject_deferred(env, waiting->promise, error_value(env, &error));
}

static void forget(napi_env env, void *data, void *hint) {
    struct waiting *waiting = data;

    (void)env, (void)hint;
    pthread_mutex_lock(&waiting->lock);
    waiting->is_gone = true;
    pthread_mutex_unlock(&waiting->lock);
    release(waiting);
}

static bool start_thread(struct waiting *waiting) {
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    bool started;

    /* Signals are for the host's threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    started = pthread_create(&thread, &attributes, wait_on_thread, waiting) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* The promise of how many events were left when `call` returned. */
static napi_value wait_for(napi_env env, tpc_client *client, int32_t timeout_ms,
                           int32_t (*call)(tpc_client *, int32_t, size_t *)) {
    struct waiting *waiting = calloc(1, sizeof *waiting);
    napi_value promise = NULL;

    if (waiting == NULL) return throw_status(env, TPC_ERROR_NO_MEMORY);
    waiting->client = client;
    waiting->timeout_ms = timeout_ms;
    waiting->call = call;
    waiting->references = 2;
    pthread_mutex_init(&waiting->lock, NULL);
    if (napi_create_threadsafe_function(env, NULL, NULL, make_text(env, "tpc-events"), 0, 1, waiting, forget, waiting,
                                        settle_promise, &waiting->settle) != napi_ok) {
        pthread_mutex_destroy(&waiting->lock);
        free(waiting);
        return throw_status(env, TPC_ERROR_NO_MEMORY);
    }
    napi_create_promise(env, &waiting->promise, &promise);
    if (!start_thread(waiting)) {
        tpc_error error = {TPC_ERROR_SYSTEM, "", "the system refused a thread"};

        napi_reject_deferred(env, waiting->promise, error_value(env, &error));
        napi_release_threadsafe_function(waiting->settle, napi_tsfn_abort);
        release(waiting);
    }
    return promise;
}

static napi_value wait_with(napi_env env, napi_callback_info info, bool closes) {
    size_t count = 2;
    napi_value arguments[2];
    tpc_client *client;
    int32_t timeout_ms;

    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    client = read_client(env, arguments[0]);
    timeout_ms = read_timeout(env, arguments[1]);
    if (closes) disown_client(instance_of(env), client);
    return wait_for(env, client, timeout_ms, closes ? tpc_client_close : tpc_client_flush);
}

/* (handle, timeout): a promise of the number of events that are pending. */
napi_value flush(napi_env env, napi_callback_info info) { return wait_with(env, info, false); }

/* (handle, timeout): a promise of the number of events that were not delivered. The handle is useless afterwards. */
napi_value close_client(napi_env env, napi_callback_info info) { return wait_with(env, info, true); }
