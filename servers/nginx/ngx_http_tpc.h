/*
 * The nginx module's parts, and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NGX_HTTP_TPC_H
#define NGX_HTTP_TPC_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <tpc.h>
#include "request_texts.h"
#include "worker_counters.h"

/* A line of the configuration; no line where there is none. */
typedef struct {
    ngx_str_t file;
    ngx_uint_t line;
} ngx_http_tpc_place_t;

/* tpc_option name value */
typedef struct {
    ngx_str_t name;
    ngx_str_t value;
    ngx_http_tpc_place_t place;
} ngx_http_tpc_option_t;

typedef struct {
    ngx_flag_t environment;
    ngx_str_t key_file;
    ngx_http_tpc_place_t key_file_place;
    ngx_array_t *settings; /* ngx_http_tpc_option_t */
    tpc_options *options;  /* the final ones, once the configuration is read: what each worker makes its client of */
    ngx_str_t spool_directory;
    ngx_msec_t shutdown_timeout;
    ngx_shm_zone_t *zone;
    ngx_http_tpc_place_t first_on; /* the first `tpc on` */
    ngx_int_t peer_variable;       /* the index of $realip_remote_addr; NGX_ERROR without the module real_ip */
    ngx_str_t html_type;           /* two types that the library takes for a page's: see tpc_types */
    ngx_str_t other_type;
} ngx_http_tpc_main_conf_t;

/* tpc_property name value [type] */
typedef struct {
    ngx_str_t key;
    int type;
    ngx_http_complex_value_t value;
} ngx_http_tpc_property_t;

/* tpc_field name value */
typedef struct {
    int32_t field;
    ngx_http_complex_value_t value;
} ngx_http_tpc_field_t;

enum { NGX_HTTP_TPC_STATUS_NONE, NGX_HTTP_TPC_STATUS_JSON, NGX_HTTP_TPC_STATUS_PROMETHEUS };

typedef struct {
    ngx_flag_t enable;
    ngx_flag_t only_ai_agents;
    ngx_array_t *properties; /* ngx_http_tpc_property_t */
    ngx_array_t *fields;     /* ngx_http_tpc_field_t */
    ngx_array_t *types;      /* ngx_str_t */
    ngx_http_complex_value_t *condition;
    ngx_http_complex_value_t *host;
    ngx_http_complex_value_t *scheme;
    ngx_http_complex_value_t *remote_address;
    ngx_http_complex_value_t *client_address;
    ngx_uint_t status; /* NGX_HTTP_TPC_STATUS_...: what this location answers with; inherited by its ifs only */
} ngx_http_tpc_loc_conf_t;

/* Who makes the request, as far as the library knows. */
typedef struct {
    int32_t is_agent;
    const char *name;
    const char *operator_name;
    const char *purpose;
    int32_t verified; /* 1, 0, or -1 for unknown */
} ngx_http_tpc_agent_t;

/* What is known about a request; forgotten when nginx redirects it internally. */
typedef struct {
    const char *result; /* $tpc: a static text; NULL before the log phase */
    ngx_http_tpc_agent_t agent;
    unsigned has_agent : 1;
} ngx_http_tpc_ctx_t;

/* What a worker process has. */
typedef struct {
    tpc_client *client; /* NULL when it could not be made */
    tpc_event *event;   /* properties and fields of the visit at hand */
    tpc_server_counters *counters;
    tpc_server_slot *slot;
    tpc_server_module_counters module;
    uint64_t left_out;   /* by the module's own rules, which the client does not count */
    uint64_t warned;     /* one bit for each kind of refusal that is in the log */
    ngx_event_t timer;
} ngx_http_tpc_worker_t;

extern ngx_module_t ngx_http_tpc_module;
extern ngx_http_tpc_worker_t ngx_http_tpc_worker;

/* configuration.c */
void *ngx_http_tpc_create_main_conf(ngx_conf_t *cf);
char *ngx_http_tpc_init_main_conf(ngx_conf_t *cf, void *conf);
void *ngx_http_tpc_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_tpc_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
ngx_http_tpc_place_t ngx_http_tpc_place(ngx_conf_t *cf);

/* directives.c: what sets a directive's value. */
char *ngx_http_tpc_set_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_option(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_property(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_field(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_types(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* options.c: the library's options, made in the master. */
ngx_int_t ngx_http_tpc_options_begin(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf);
ngx_int_t ngx_http_tpc_options_finish(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf);
/* What an option was set to, by tpc_option or the environment; empty when it was not. */
ngx_str_t ngx_http_tpc_option_value(const ngx_http_tpc_main_conf_t *mcf, const char *name);
/* Makes spool_directory for the workers' user, where it is missing. */
void ngx_http_tpc_make_spool(ngx_cycle_t *cycle, const ngx_http_tpc_main_conf_t *mcf);

/* worker.c: a worker's client, from its beginning to its end. */
ngx_int_t ngx_http_tpc_init_process(ngx_cycle_t *cycle);
void ngx_http_tpc_exit_process(ngx_cycle_t *cycle);
/* Lets the timer run: the counters have changed. */
void ngx_http_tpc_changed(void);
/* Writes this worker's counters to where they are added up. */
void ngx_http_tpc_publish(tpc_stats *stats);
/* Writes the library's log lines to nginx's log. */
void ngx_http_tpc_take_log_lines(ngx_log_t *log);

/* shutdown.c: closes the client; stats receives its last counters. */
void ngx_http_tpc_shut_down(ngx_cycle_t *cycle, tpc_client *client, ngx_msec_t timeout, tpc_stats *stats);

/* visit.c: the log phase. */
ngx_int_t ngx_http_tpc_log_handler(ngx_http_request_t *r);
ngx_http_tpc_ctx_t *ngx_http_tpc_get_ctx(ngx_http_request_t *r);

/* host.c: the host that a request names, with its port; where it names none, the server's own name or address. */
ngx_str_t ngx_http_tpc_host(ngx_http_request_t *r);

/* request.c: collects a request's texts, and those of its response. NGX_DECLINED: there was no response. */
ngx_int_t ngx_http_tpc_collect_request(ngx_http_request_t *r, tpc_server_request_texts *texts);
/* Only the headers by which a request names an agent. */
ngx_int_t ngx_http_tpc_collect_claims(ngx_http_request_t *r, tpc_server_request_texts *texts);
ngx_int_t ngx_http_tpc_collect_response(ngx_http_request_t *r, tpc_server_request_texts *texts);

/* types.c: tpc_types. */
ngx_int_t ngx_http_tpc_types_begin(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf);
/* What to tell the library about a response's content type. */
ngx_str_t ngx_http_tpc_content_type(ngx_http_request_t *r, const ngx_http_tpc_loc_conf_t *lcf);

/* event.c: tpc_property and tpc_field. Returns the worker's event, or NULL when there is nothing to add. */
const tpc_event *ngx_http_tpc_fill_event(ngx_http_request_t *r, const ngx_http_tpc_loc_conf_t *lcf);
/* Writes why a visit, or a part of it, was refused; once for each kind. */
enum { NGX_HTTP_TPC_REFUSED_VISIT, NGX_HTTP_TPC_REFUSED_PROPERTY, NGX_HTTP_TPC_REFUSED_FIELD };
void ngx_http_tpc_warn(const tpc_error *error, int refused);

/* agent.c: who makes the request. */
const ngx_http_tpc_agent_t *ngx_http_tpc_find_agent(ngx_http_request_t *r);

/* variables.c */
ngx_int_t ngx_http_tpc_add_variables(ngx_conf_t *cf);

/* zone.c, status.c */
char *ngx_http_tpc_set_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_tpc_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#endif
