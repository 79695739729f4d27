/*
 * What the parts of mod_tpc share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_APACHE_MOD_TPC_H
#define TPC_APACHE_MOD_TPC_H

#include <signal.h>
#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <ap_expr.h>
#include <apr_strings.h>
#include <apr_tables.h>

#include <tpc.h>
#include "page_types.h"
#include "request_texts.h"
#include "worker_counters.h"

/* The only symbol that is not hidden. */
extern module AP_MODULE_DECLARE_DATA tpc_module __attribute__((visibility("default")));
APLOG_USE_MODULE(tpc);

/* Where a directive is; file is NULL where there is none. */
typedef struct {
    const char *file;
    int line;
} tpc_apache_place;

/* A TpcOption, as it is in the configuration. */
typedef struct {
    const char *name;
    const char *value;
    tpc_apache_place place;
} tpc_apache_option;

/* What holds for the whole server. Made anew each time that the configuration is read. */
typedef struct {
    apr_array_header_t *options; /* tpc_apache_option, in their order */
    const char *key_file;
    tpc_apache_place key_file_place;
    int environment; /* whether the server's environment sets options */
    tpc_apache_place environment_place;
    tpc_apache_place enabled_place;  /* the first TpcEnable On outside .htaccess */
    int32_t shutdown_timeout; /* milliseconds */
    tpc_server_page_types page_types; /* what page_types is to the children's clients */
    tpc_options *client_options;     /* what the children's clients are made of; NULL: they have none */
    tpc_server_counters *counters;   /* the children's, in memory that survives restarts; may be NULL */
} tpc_apache_settings;

/* A TpcProperty or TpcField. */
typedef struct {
    const char *name;
    int field; /* TPC_FIELD_..., or -1 for a property */
    int type;  /* a property's tpc_server_property_type */
    const ap_expr_info_t *value;
} tpc_apache_value;

/* What holds for a place in the site: a host, a directory, a location, a file. -1 and NULL: not set here. */
typedef struct {
    int enable;
    int only_ai_agents;
    int prometheus;             /* whether tpc-status writes Prometheus's format */
    apr_array_header_t *values; /* tpc_apache_value */
    apr_array_header_t *types;  /* const char *: content types of pages */
} tpc_apache_rules;

/* configuration.c: the directives. */
extern const command_rec tpc_apache_directives[];
void *tpc_apache_rules_create(apr_pool_t *pool, char *directory);
void *tpc_apache_rules_merge(apr_pool_t *pool, void *outer, void *inner);
/* Begins a new reading of the configuration. */
void tpc_apache_settings_begin(apr_pool_t *pool);
tpc_apache_settings *tpc_apache_settings_get(void);

/* client_options.c: makes the options of the children's clients; false if an error was logged, with its file and line. */
int tpc_apache_client_options(apr_pool_t *pool, apr_pool_t *temporary, server_rec *server);
/* Makes spool_directory for the children's user, where it is not there yet. */
void tpc_apache_make_spool(server_rec *server);

/* client.c: a child's client. */
void tpc_apache_client_begin(apr_pool_t *child_pool, server_rec *server);
/* Whether visits are to be tracked in this child, even if its client could not be made. */
int tpc_apache_client_wanted(void);
/*
 * Prefork ends a child inside the handler of SIGTERM, which closes the client. It has to wait until the library's locks are
 * free, for a moment: no call between these two waits for anything. They do nothing where httpd's processes have threads.
 */
void tpc_apache_hold_signals(sigset_t *before);
void tpc_apache_release_signals(const sigset_t *before);
/* The client, or NULL. Call it for each visit, before the library is called, and the other one after that. */
tpc_client *tpc_apache_client(void);
void tpc_apache_client_used(void);
/* Copies what the module itself has counted in this child, and adds what it left out to stats, unless that is NULL. */
void tpc_apache_client_counters(tpc_server_module_counters *counters, tpc_stats *stats);
/* Counts a request that a rule of the module's own left out. */
void tpc_apache_client_left_out(void);
/* Counts a visit for which there is no client. */
void tpc_apache_client_absent(const request_rec *request);
/* Counts a visit that could not be tracked, and logs the first of its kind. */
void tpc_apache_client_failed(const tpc_error *error, const request_rec *request);
/* Logs the first value that a visit had to do without. */
void tpc_apache_value_failed(const tpc_apache_value *value, const char *reason, const request_rec *request);

/* request.c: collects what the library reads of a request. first is as the visitor sent it, last as it was answered. */
int tpc_apache_collect(tpc_server_request_texts *texts, request_rec *first, request_rec *last);

/* agent.c: who makes the request. */
typedef struct {
    const char *name; /* NULL for anyone but an AI agent */
    const char *operator_name;
    const char *purpose;
    const char *verified; /* "1", "0", or NULL for unknown */
} tpc_apache_agent;
/* texts are the request's; they are read only where it is asked for the first time. */
const tpc_apache_agent *tpc_apache_find_agent(request_rec *first, const tpc_server_request_texts *texts);
/* The hook of expr_lookup: TPC_AI_AGENT and so on. */
int tpc_apache_expression_variable(ap_expr_lookup_parms *parameters);

/* visit.c: the hook of log_transaction. */
int tpc_apache_visit(request_rec *request);

/* status.c: the handler tpc-status. */
#define TPC_APACHE_STATUS_HANDLER "tpc-status"
int tpc_apache_status(request_rec *request);

#endif
