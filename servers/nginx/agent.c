/*
 * Who makes a request: what $tpc_ai_agent and tpc_only_ai_agents ask for. Looked up once a request.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

/* The worker's client has its own table, networks and keys; a worker without one knows the library's table. */
static void ngx_http_tpc_look_up(const tpc_server_request_texts *texts, ngx_http_tpc_agent_t *agent) {
    const char *user_agent = texts->values[TPC_REQUEST_USER_AGENT];
    tpc_client *client = ngx_http_tpc_worker.client;

    agent->verified = -1;
    if (client != NULL)
        agent->is_agent = tpc_client_ai_agent(client, texts->values, texts->lengths, texts->count, &agent->name,
                                              &agent->operator_name, &agent->purpose, &agent->verified);
    else
        agent->is_agent = tpc_ai_agent(user_agent, user_agent == NULL ? 0 : texts->lengths[TPC_REQUEST_USER_AGENT], &agent->name,
                                       &agent->operator_name, &agent->purpose);
}

const ngx_http_tpc_agent_t *ngx_http_tpc_find_agent(ngx_http_request_t *r) {
    ngx_http_tpc_ctx_t *ctx = ngx_http_tpc_get_ctx(r);
    tpc_server_request_texts texts;

    if (ctx == NULL) return NULL;
    if (ctx->has_agent) return &ctx->agent;
    if (ngx_http_tpc_collect_claims(r->main, &texts) != NGX_OK) return NULL;
    ngx_http_tpc_look_up(&texts, &ctx->agent);
    if (ctx->agent.is_agent) {
        /* Only now, since most requests are a browser's: the rest of it verifies the agent. */
        if (ngx_http_tpc_collect_request(r->main, &texts) != NGX_OK) return NULL;
        ngx_http_tpc_look_up(&texts, &ctx->agent);
    }
    ctx->has_agent = 1;
    return &ctx->agent;
}
