/*
 * The log phase: every request that was answered is offered to the library, which decides whether it is a visit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

static const char tracked[] = "tracked";
static const char failed[] = "error";

ngx_http_tpc_ctx_t *ngx_http_tpc_get_ctx(ngx_http_request_t *r) {
    ngx_http_tpc_ctx_t *ctx = ngx_http_get_module_ctx(r->main, ngx_http_tpc_module);

    if (ctx == NULL) {
        ctx = ngx_pcalloc(r->main->pool, sizeof(ngx_http_tpc_ctx_t));
        if (ctx != NULL) ngx_http_set_ctx(r->main, ctx, ngx_http_tpc_module);
    }
    return ctx;
}

/* What a rule of the module's own left out. */
static const char *ngx_http_tpc_leave_out(const char *rule) {
    ngx_http_tpc_worker.left_out++;
    return rule;
}

/* A request that nginx could not read lacks its method or target; one whose client was gone before the answer has no status. */
static ngx_int_t ngx_http_tpc_collect(ngx_http_request_t *r, tpc_server_request_texts *texts) {
    if (ngx_http_tpc_collect_request(r, texts) != NGX_OK) return NGX_ERROR;
    if (texts->values[TPC_REQUEST_METHOD] == NULL || texts->values[TPC_REQUEST_TARGET] == NULL) return NGX_DECLINED;
    return ngx_http_tpc_collect_response(r, texts);
}

static const char *ngx_http_tpc_track(ngx_http_request_t *r, const ngx_http_tpc_loc_conf_t *lcf) {
    const ngx_http_tpc_agent_t *agent;
    tpc_server_request_texts texts;
    const tpc_event *event;
    const char *left_out = NULL;
    ngx_int_t collected;
    tpc_error error;

    if (lcf->only_ai_agents) {
        agent = ngx_http_tpc_find_agent(r);
        if (agent == NULL) return NULL;
        if (!agent->is_agent) return ngx_http_tpc_leave_out("not_ai_agent");
    }
    collected = ngx_http_tpc_collect(r, &texts);
    if (collected == NGX_DECLINED) return ngx_http_tpc_leave_out("status");
    if (collected != NGX_OK) return NULL;
    event = ngx_http_tpc_fill_event(r, lcf);
    if (tpc_client_track_request_fields(ngx_http_tpc_worker.client, texts.values, texts.lengths, texts.count, event, &left_out,
                                        &error) != TPC_OK) {
        ngx_http_tpc_warn(&error, NGX_HTTP_TPC_REFUSED_VISIT);
        return NULL;
    }
    return left_out == NULL ? tracked : left_out;
}

static const char *ngx_http_tpc_visit(ngx_http_request_t *r, ngx_http_tpc_loc_conf_t *lcf) {
    const char *result = NULL;
    ngx_str_t condition;

    if (lcf->condition != NULL) {
        if (ngx_http_complex_value(r, lcf->condition, &condition) != NGX_OK) return failed;
        if (condition.len == 0 || (condition.len == 1 && condition.data[0] == '0')) return ngx_http_tpc_leave_out("tpc_if");
    }
    if (ngx_http_tpc_worker.client != NULL)
        result = ngx_http_tpc_track(r, lcf);
    else
        ngx_http_tpc_worker.module.clientless++;
    if (result != NULL) return result;
    ngx_http_tpc_worker.module.errors++;
    return failed;
}

ngx_int_t ngx_http_tpc_log_handler(ngx_http_request_t *r) {
    ngx_http_tpc_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_tpc_module);
    ngx_http_tpc_ctx_t *ctx;

    /* A subrequest is a part of a page. */
    if (r != r->main || !lcf->enable || lcf->status != NGX_HTTP_TPC_STATUS_NONE) return NGX_OK;
    ctx = ngx_http_tpc_get_ctx(r);
    if (ctx == NULL) return NGX_OK;
    ctx->result = ngx_http_tpc_visit(r, lcf);
    ngx_http_tpc_changed();
    return NGX_OK;
}
