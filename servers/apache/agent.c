/*
 * Who makes a request: the AI agent, as the library knows it. Looked up once a request, for TpcOnlyAIAgents, for the notes that
 * LogFormat reads, and for the variables of expressions, which may ask before the request is answered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <string.h>

/* Copied: a client's texts end with it, and in a hard stop that is before the requests that other threads log. */
static const char *copy(apr_pool_t *pool, const char *text)
{
    return text != NULL ? apr_pstrdup(pool, text) : NULL;
}

/* Without a client, its tables are not there: then by the library's own, and the user agent alone. */
static tpc_apache_agent look_up(apr_pool_t *pool, const tpc_server_request_texts *texts)
{
    tpc_client *client = tpc_apache_client();
    const char *user_agent = texts->values[TPC_REQUEST_USER_AGENT];
    tpc_apache_agent agent = { NULL, NULL, NULL, NULL };
    int32_t verified = -1;

    if (client != NULL)
        tpc_client_ai_agent(client, texts->values, texts->lengths, texts->count, &agent.name, &agent.operator_name,
                            &agent.purpose, &verified);
    else if (user_agent != NULL)
        tpc_ai_agent(user_agent, texts->lengths[TPC_REQUEST_USER_AGENT], &agent.name, &agent.operator_name, &agent.purpose);
    agent.name = copy(pool, agent.name);
    agent.operator_name = copy(pool, agent.operator_name);
    agent.purpose = copy(pool, agent.purpose);
    agent.verified = verified == 1 ? "1" : verified == 0 ? "0" : NULL;
    return agent;
}

const tpc_apache_agent *tpc_apache_find_agent(request_rec *first, const tpc_server_request_texts *texts)
{
    tpc_apache_agent *agent = ap_get_module_config(first->request_config, &tpc_module);

    if (agent == NULL) {
        agent = apr_palloc(first->pool, sizeof(*agent));
        *agent = look_up(first->pool, texts);
        ap_set_module_config(first->request_config, &tpc_module, agent);
    }
    return agent;
}

/* The request as the visitor sent it: of a subrequest, the one that it is a part of. */
static request_rec *first_of(request_rec *request)
{
    while (request->main != NULL || request->prev != NULL)
        request = request->main != NULL ? request->main : request->prev;
    return request;
}

static const struct {
    const char *name;
    size_t offset;
} variables[] = {
    { "TPC_AI_AGENT", APR_OFFSETOF(tpc_apache_agent, name) },
    { "TPC_AI_OPERATOR", APR_OFFSETOF(tpc_apache_agent, operator_name) },
    { "TPC_AI_PURPOSE", APR_OFFSETOF(tpc_apache_agent, purpose) },
    { "TPC_AI_VERIFIED", APR_OFFSETOF(tpc_apache_agent, verified) }
};

static const char *variable(ap_expr_eval_ctx_t *context, const void *data)
{
    const size_t *offset = data;
    tpc_server_request_texts texts;
    const tpc_apache_agent *agent;
    const char *const *value;
    request_rec *first;
    sigset_t before;

    if (context->r == NULL)
        return NULL;
    first = first_of(context->r);
    if (!tpc_apache_collect(&texts, first, context->r))
        return NULL;
    tpc_apache_hold_signals(&before);
    agent = tpc_apache_find_agent(first, &texts);
    tpc_apache_release_signals(&before);
    value = (const char *const *)(const void *)((const char *)agent + *offset);
    return *value;
}

int tpc_apache_expression_variable(ap_expr_lookup_parms *parameters)
{
    size_t i;

    if (parameters->type != AP_EXPR_FUNC_VAR)
        return DECLINED;
    for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (strcasecmp(parameters->name, variables[i].name) != 0)
            continue;
        *parameters->func = variable;
        *parameters->data = &variables[i].offset;
        return OK;
    }
    return DECLINED;
}
