/*
 * The configuration's structs: made, filled with defaults, inherited.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

ngx_http_tpc_place_t ngx_http_tpc_place(ngx_conf_t *cf) {
    ngx_http_tpc_place_t place = {cf->conf_file->file.name, cf->conf_file->line};
    return place;
}

void *ngx_http_tpc_create_main_conf(ngx_conf_t *cf) {
    ngx_http_tpc_main_conf_t *mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tpc_main_conf_t));

    if (mcf == NULL) return NULL;
    mcf->environment = NGX_CONF_UNSET;
    mcf->shutdown_timeout = NGX_CONF_UNSET_MSEC;
    mcf->peer_variable = NGX_ERROR;
    mcf->settings = ngx_array_create(cf->pool, 4, sizeof(ngx_http_tpc_option_t));
    if (mcf->settings == NULL || ngx_http_tpc_options_begin(cf, mcf) != NGX_OK) return NULL;
    return mcf;
}

char *ngx_http_tpc_init_main_conf(ngx_conf_t *cf, void *conf) {
    ngx_http_tpc_main_conf_t *mcf = conf;

    ngx_conf_init_value(mcf->environment, 0);
    ngx_conf_init_msec_value(mcf->shutdown_timeout, 5000);
    return NGX_CONF_OK;
}

void *ngx_http_tpc_create_loc_conf(ngx_conf_t *cf) {
    ngx_http_tpc_loc_conf_t *lcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_tpc_loc_conf_t));

    if (lcf == NULL) return NULL;
    lcf->enable = NGX_CONF_UNSET;
    lcf->only_ai_agents = NGX_CONF_UNSET;
    return lcf;
}

#define INHERIT(member) \
    if (lcf->member == NULL) lcf->member = outer->member

char *ngx_http_tpc_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child) {
    ngx_http_tpc_loc_conf_t *outer = parent;
    ngx_http_tpc_loc_conf_t *lcf = child;
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    /* What an if, or limit_except, does not answer itself is answered by the handler of the location around it. */
    if (core->noname && core->handler == NULL) lcf->status = outer->status;
    ngx_conf_merge_value(lcf->enable, outer->enable, 0);
    ngx_conf_merge_value(lcf->only_ai_agents, outer->only_ai_agents, 0);
    INHERIT(properties);
    INHERIT(fields);
    INHERIT(types);
    INHERIT(condition);
    INHERIT(host);
    INHERIT(scheme);
    INHERIT(remote_address);
    INHERIT(client_address);
    return NGX_CONF_OK;
}
