/*
 * The variables: $tpc, and who makes the request.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

static ngx_int_t ngx_http_tpc_give(ngx_http_variable_value_t *value, const char *text) {
    if (text == NULL) {
        value->not_found = 1;
        return NGX_OK;
    }
    value->data = (u_char *)text;
    value->len = (unsigned)ngx_strlen(text);
    value->valid = 1;
    value->no_cacheable = 0;
    value->not_found = 0;
    return NGX_OK;
}

/* Whether the request was tracked, or what left it out. Known in the log phase only, since the answer decides. */
static ngx_int_t ngx_http_tpc_result_variable(ngx_http_request_t *r, ngx_http_variable_value_t *value, uintptr_t data) {
    const ngx_http_tpc_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_tpc_module);
    const ngx_http_tpc_ctx_t *ctx = ngx_http_get_module_ctx(r->main, ngx_http_tpc_module);

    (void)data;
    if (ctx != NULL && ctx->result != NULL) return ngx_http_tpc_give(value, ctx->result);
    return ngx_http_tpc_give(value, lcf->enable && lcf->status == NGX_HTTP_TPC_STATUS_NONE ? NULL : "off");
}

static ngx_int_t ngx_http_tpc_agent_variable(ngx_http_request_t *r, ngx_http_variable_value_t *value, uintptr_t data) {
    const ngx_http_tpc_agent_t *agent = ngx_http_tpc_find_agent(r);

    if (agent == NULL || !agent->is_agent) return ngx_http_tpc_give(value, NULL);
    return ngx_http_tpc_give(value, *(const char *const *)((const char *)agent + data));
}

static ngx_int_t ngx_http_tpc_verified_variable(ngx_http_request_t *r, ngx_http_variable_value_t *value, uintptr_t data) {
    const ngx_http_tpc_agent_t *agent = ngx_http_tpc_find_agent(r);

    (void)data;
    if (agent == NULL || !agent->is_agent || agent->verified < 0) return ngx_http_tpc_give(value, NULL);
    return ngx_http_tpc_give(value, agent->verified ? "1" : "0");
}

ngx_int_t ngx_http_tpc_add_variables(ngx_conf_t *cf) {
    static struct {
        ngx_str_t name;
        ngx_http_get_variable_pt handler;
        uintptr_t data;
        ngx_uint_t flags;
    } variables[] = {
        {ngx_string("tpc"), ngx_http_tpc_result_variable, 0, NGX_HTTP_VAR_NOCACHEABLE},
        {ngx_string("tpc_ai_agent"), ngx_http_tpc_agent_variable, offsetof(ngx_http_tpc_agent_t, name), 0},
        {ngx_string("tpc_ai_operator"), ngx_http_tpc_agent_variable, offsetof(ngx_http_tpc_agent_t, operator_name), 0},
        {ngx_string("tpc_ai_purpose"), ngx_http_tpc_agent_variable, offsetof(ngx_http_tpc_agent_t, purpose), 0},
        {ngx_string("tpc_ai_verified"), ngx_http_tpc_verified_variable, 0, 0}};
    ngx_http_variable_t *variable;
    size_t i;

    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        variable = ngx_http_add_variable(cf, &variables[i].name, variables[i].flags);
        if (variable == NULL) return NGX_ERROR;
        variable->get_handler = variables[i].handler;
        variable->data = variables[i].data;
    }
    return NGX_OK;
}
