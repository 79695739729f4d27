/*
 * mod_tpc: sends a page_visit event for each page that Apache httpd serves.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <errno.h>
#include <sys/mman.h>
#include <ap_mpm.h>
#include <http_main.h>

/* The shared memory is found again by this name after a restart. */
static const char counters_key[] = "mod_tpc counters";

static int begin_configuration(apr_pool_t *pool, apr_pool_t *log_pool, apr_pool_t *temporary)
{
    (void)log_pool;
    (void)temporary;
    tpc_apache_settings_begin(pool);
    return OK;
}

static int check_configuration(apr_pool_t *pool, apr_pool_t *log_pool, apr_pool_t *temporary, server_rec *server)
{
    (void)log_pool;
    return tpc_apache_client_options(pool, temporary, server) ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

/* One slot for each process that there can be. A restart cannot change ServerLimit, and so finds what it needs. */
static tpc_server_counters *find_counters(server_rec *server)
{
    tpc_server_counters **kept = ap_retained_data_get(counters_key);
    int workers = 0;
    size_t size;
    void *memory;

    if (kept != NULL)
        return *kept;
    if (ap_mpm_query(AP_MPMQ_HARD_LIMIT_DAEMONS, &workers) != APR_SUCCESS || workers < 1)
        workers = 256;
    size = tpc_server_counters_size((size_t)workers);
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, errno, server, "no memory for the counters; tpc-status has none");
        return NULL;
    }
    kept = ap_retained_data_create(counters_key, sizeof(*kept));
    *kept = tpc_server_counters_begin(memory, size);
    return *kept;
}

static int prepare_children(apr_pool_t *pool, apr_pool_t *log_pool, apr_pool_t *temporary, server_rec *server)
{
    tpc_apache_settings *settings = tpc_apache_settings_get();

    (void)pool;
    (void)log_pool;
    (void)temporary;
    /* At its start, httpd reads the configuration twice, and keeps the second. */
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    if (settings->client_options == NULL)
        return OK;
    /* It ends the process of each connection without a word to its modules. */
    if (ap_find_linked_module("mpm_itk.c") != NULL)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "mpm_itk ends its processes before visits are delivered: most of them are lost; replay the access log instead");
    settings->counters = find_counters(server);
    tpc_apache_make_spool(server);
    return OK;
}

static void begin_child(apr_pool_t *pool, server_rec *server)
{
    tpc_apache_client_begin(pool, server);
}

static void register_hooks(apr_pool_t *pool)
{
    /* LogFormat reads what the visit notes. */
    static const char *const after[] = { "mod_log_config.c", NULL };

    (void)pool;
    ap_hook_pre_config(begin_configuration, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(check_configuration, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(prepare_children, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(begin_child, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_expr_lookup(tpc_apache_expression_variable, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(tpc_apache_status, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_log_transaction(tpc_apache_visit, NULL, after, APR_HOOK_FIRST);
}

module AP_MODULE_DECLARE_DATA tpc_module = {
    STANDARD20_MODULE_STUFF,
    tpc_apache_rules_create,
    tpc_apache_rules_merge,
    NULL, /* what holds for the whole server is in tpc_apache_settings */
    NULL,
    tpc_apache_directives,
    register_hooks,
    0
};
