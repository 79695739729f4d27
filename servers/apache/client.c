/*
 * A child's client: made when the child begins, closed when it ends.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <ap_mpm.h>
#include "housekeeper.h"

/* In static memory: in a hard stop, requests may outlive the child's pool. */
static struct {
    tpc_client *client;
    server_rec *server;
    int wanted;
    int is_threaded;
    unsigned int failures_logged; /* a bit for each kind of failure */
    tpc_server_module_counters counters;
    uint64_t left_out; /* by rules of the module's own */
} child;

/* May run in a signal handler: see housekeeper.h. */
static apr_status_t end_client(void *unused)
{
    (void)unused;
    tpc_apache_housekeeper_end();
    return APR_SUCCESS;
}

void tpc_apache_client_begin(apr_pool_t *pool, server_rec *server)
{
    const tpc_apache_settings *settings = tpc_apache_settings_get();
    tpc_server_slot *slot = NULL;
    tpc_error error;

    child.server = server;
    ap_mpm_query(AP_MPMQ_IS_THREADED, &child.is_threaded);
    if (settings->client_options == NULL)
        return;
    child.wanted = 1;
    tpc_server_request_texts_begin();
    if (tpc_client_new(settings->client_options, &child.client, &error) != TPC_OK) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server, "no visits are sent: %s: %s", error.field, error.message);
        child.client = NULL;
    }
    if (settings->counters != NULL && (slot = tpc_server_counters_claim(settings->counters)) == NULL)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server, "as many children as there can be are counted already; "
                     "tpc-status leaves out what this one counts");
    tpc_apache_housekeeper_begin(child.client, slot, settings->shutdown_timeout, server);
    apr_pool_cleanup_register(pool, NULL, end_client, apr_pool_cleanup_null);
}

int tpc_apache_client_wanted(void)
{
    return child.wanted;
}

void tpc_apache_hold_signals(sigset_t *before)
{
    sigset_t all;

    if (child.is_threaded)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

void tpc_apache_release_signals(const sigset_t *before)
{
    if (!child.is_threaded)
        pthread_sigmask(SIG_SETMASK, before, NULL);
}

tpc_client *tpc_apache_client(void)
{
    if (child.wanted)
        tpc_apache_housekeeper_start();
    return child.client;
}

void tpc_apache_client_used(void)
{
    tpc_apache_housekeeper_wake();
}

void tpc_apache_client_counters(tpc_server_module_counters *counters, tpc_stats *stats)
{
    if (stats != NULL)
        stats->left_out += __atomic_load_n(&child.left_out, __ATOMIC_RELAXED);
    counters->errors = __atomic_load_n(&child.counters.errors, __ATOMIC_RELAXED);
    counters->clientless = __atomic_load_n(&child.counters.clientless, __ATOMIC_RELAXED);
}

static int is_first(unsigned int kind)
{
    unsigned int bit = 1u << (kind & 31);

    return (__atomic_fetch_or(&child.failures_logged, bit, __ATOMIC_RELAXED) & bit) == 0;
}

static void count(void)
{
    __atomic_fetch_add(&child.counters.errors, 1, __ATOMIC_RELAXED);
}

void tpc_apache_client_left_out(void)
{
    __atomic_fetch_add(&child.left_out, 1, __ATOMIC_RELAXED);
}

void tpc_apache_client_absent(const request_rec *request)
{
    count();
    __atomic_fetch_add(&child.counters.clientless, 1, __ATOMIC_RELAXED);
    /* What went wrong with a client that was wanted has been logged. */
    if (!child.wanted && is_first(0))
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, request,
                      "no visits are sent: TpcEnable is on in an .htaccess file, but the server's configuration has no "
                      "credential, as TpcApiKeyFile would set it");
}

void tpc_apache_client_failed(const tpc_error *error, const request_rec *request)
{
    count();
    if (is_first((unsigned int)-error->status))
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, request,
                      "a visit was not tracked: %s%s%s; further ones of this kind are only counted", error->field,
                      error->field[0] != '\0' ? ": " : "", error->message);
}

void tpc_apache_value_failed(const tpc_apache_value *value, const char *reason, const request_rec *request)
{
    if (is_first(value->field < 0 ? 30 : 31))
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, request,
                      "a visit was tracked without %s: %s; further cases are not logged", value->name, reason);
}
