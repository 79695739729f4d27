/*
 * The module: its directives and when nginx calls it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

#define EVERYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_HTTP_LIF_CONF)
#define MAIN(member) NGX_HTTP_MAIN_CONF_OFFSET, offsetof(ngx_http_tpc_main_conf_t, member), NULL
#define LOCATION(member) NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_tpc_loc_conf_t, member), NULL

static ngx_command_t ngx_http_tpc_commands[] = {
    {ngx_string("tpc"), EVERYWHERE | NGX_CONF_FLAG, ngx_http_tpc_set_enable, LOCATION(enable)},
    {ngx_string("tpc_api_key_file"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_http_tpc_set_key_file, MAIN(key_file)},
    {ngx_string("tpc_environment"), NGX_HTTP_MAIN_CONF | NGX_CONF_FLAG, ngx_conf_set_flag_slot, MAIN(environment)},
    {ngx_string("tpc_option"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE2, ngx_http_tpc_set_option, MAIN(settings)},
    {ngx_string("tpc_shutdown_timeout"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_msec_slot, MAIN(shutdown_timeout)},
    {ngx_string("tpc_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE12, ngx_http_tpc_set_zone, MAIN(zone)},
    {ngx_string("tpc_only_ai_agents"), EVERYWHERE | NGX_CONF_FLAG, ngx_conf_set_flag_slot, LOCATION(only_ai_agents)},
    {ngx_string("tpc_property"), EVERYWHERE | NGX_CONF_TAKE23, ngx_http_tpc_set_property, LOCATION(properties)},
    {ngx_string("tpc_field"), EVERYWHERE | NGX_CONF_TAKE2, ngx_http_tpc_set_field, LOCATION(fields)},
    {ngx_string("tpc_types"), EVERYWHERE | NGX_CONF_1MORE, ngx_http_tpc_set_types, LOCATION(types)},
    {ngx_string("tpc_if"), EVERYWHERE | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot, LOCATION(condition)},
    {ngx_string("tpc_host"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot,
     LOCATION(host)},
    {ngx_string("tpc_scheme"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1, ngx_http_set_complex_value_slot,
     LOCATION(scheme)},
    {ngx_string("tpc_remote_address"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1,
     ngx_http_set_complex_value_slot, LOCATION(remote_address)},
    {ngx_string("tpc_client_address"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1,
     ngx_http_set_complex_value_slot, LOCATION(client_address)},
    {ngx_string("tpc_status"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1, ngx_http_tpc_set_status,
     LOCATION(status)},
    ngx_null_command};

/*
 * The visit comes before the access log, whose format may contain $tpc: log handlers run in the order in which they were
 * added, and the log module's was added first.
 */
static ngx_int_t ngx_http_tpc_add_log_handler(ngx_conf_t *cf) {
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_array_t *handlers = &core->phases[NGX_HTTP_LOG_PHASE].handlers;
    ngx_http_handler_pt *first;

    if (ngx_array_push(handlers) == NULL) return NGX_ERROR;
    first = handlers->elts;
    ngx_memmove(first + 1, first, (handlers->nelts - 1) * sizeof(ngx_http_handler_pt));
    *first = ngx_http_tpc_log_handler;
    return NGX_OK;
}

/* The index of $realip_remote_addr, which there is only if nginx was built with the module real_ip. */
static ngx_int_t ngx_http_tpc_peer_variable(ngx_conf_t *cf) {
    static ngx_str_t name = ngx_string("realip_remote_addr");
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_hash_key_t *keys = core->variables_keys->keys.elts;
    ngx_uint_t i;

    for (i = 0; i < core->variables_keys->keys.nelts; i++)
        if (keys[i].key.len == name.len && ngx_strncmp(keys[i].key.data, name.data, name.len) == 0)
            return ngx_http_get_variable_index(cf, &name);
    return NGX_ERROR;
}

static ngx_int_t ngx_http_tpc_postconfiguration(ngx_conf_t *cf) {
    ngx_http_tpc_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tpc_module);

    if (mcf->first_on.line == 0) return NGX_OK;
    mcf->peer_variable = ngx_http_tpc_peer_variable(cf);
    if (ngx_http_tpc_options_finish(cf, mcf) != NGX_OK) return NGX_ERROR;
    if (ngx_http_tpc_types_begin(cf, mcf) != NGX_OK) return NGX_ERROR;
    return ngx_http_tpc_add_log_handler(cf);
}

static ngx_int_t ngx_http_tpc_init_module(ngx_cycle_t *cycle) {
    ngx_http_tpc_main_conf_t *mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tpc_module);

    tpc_server_request_texts_begin();
    if (mcf != NULL && mcf->first_on.line != 0) ngx_http_tpc_make_spool(cycle, mcf);
    return NGX_OK;
}

static ngx_http_module_t ngx_http_tpc_module_ctx = {
    ngx_http_tpc_add_variables,     /* preconfiguration */
    ngx_http_tpc_postconfiguration, /* postconfiguration */
    ngx_http_tpc_create_main_conf,  /* create main configuration */
    ngx_http_tpc_init_main_conf,    /* init main configuration */
    NULL,                           /* create server configuration */
    NULL,                           /* merge server configuration */
    ngx_http_tpc_create_loc_conf,   /* create location configuration */
    ngx_http_tpc_merge_loc_conf     /* merge location configuration */
};

ngx_module_t ngx_http_tpc_module = {NGX_MODULE_V1,
                                    &ngx_http_tpc_module_ctx,  /* module context */
                                    ngx_http_tpc_commands,     /* module directives */
                                    NGX_HTTP_MODULE,           /* module type */
                                    NULL,                      /* init master */
                                    ngx_http_tpc_init_module,  /* init module */
                                    ngx_http_tpc_init_process, /* init process */
                                    NULL,                      /* init thread */
                                    NULL,                      /* exit thread */
                                    ngx_http_tpc_exit_process, /* exit process */
                                    NULL,                      /* exit master */
                                    NGX_MODULE_V1_PADDING};
