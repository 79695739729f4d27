/*
 * A request that was answered: whether it is a visit, and what it says.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <string.h>
#include <http_request.h>
#include "visit_property.h"

/* A variable of this name, which SetEnvIf and others set, leaves a request out, as Apache's own no-gzip does. */
static int is_excluded(const request_rec *first)
{
    const request_rec *request;

    for (request = first; request != NULL; request = request->next)
        if (apr_table_get(request->subprocess_env, "no-tpc") != NULL)
            return 1;
    return 0;
}

static int is_status_page(const request_rec *last)
{
    return last->handler != NULL && strcmp(last->handler, TPC_APACHE_STATUS_HANDLER) == 0;
}

/* A value that cannot be evaluated or set is left out; the visit is not. */
static void add_value(tpc_event *event, const tpc_apache_value *value, request_rec *last)
{
    const char *wrong = NULL;
    const char *text = ap_expr_str_exec(last, value->value, &wrong);
    size_t length = text != NULL ? strlen(text) : 0;
    tpc_error error;
    int32_t status = TPC_OK;

    if (wrong != NULL || text == NULL)
        tpc_apache_value_failed(value, "its expression cannot be evaluated", last);
    else if (value->field < 0)
        status = tpc_server_property_set(event, value->name, strlen(value->name), text, length, value->type, &error);
    else
        status = tpc_server_field_set(event, value->field, text, length, &error);
    if (status != TPC_OK)
        tpc_apache_value_failed(value, error.message, last);
}

/* What TpcProperty and TpcField add; NULL where there is nothing to add, or no memory for it. */
static tpc_event *make_event(const tpc_apache_rules *rules, request_rec *last)
{
    tpc_event *event;
    int i;

    if (rules->values == NULL || (event = tpc_event_new()) == NULL)
        return NULL;
    for (i = 0; i < rules->values->nelts; i++)
        add_value(event, &APR_ARRAY_IDX(rules->values, i, tpc_apache_value), last);
    return event;
}

static void note(request_rec *last, const tpc_apache_agent *agent)
{
    if (agent->name == NULL)
        return;
    apr_table_setn(last->notes, "tpc_ai_agent", agent->name);
    apr_table_setn(last->notes, "tpc_ai_operator", agent->operator_name);
    apr_table_setn(last->notes, "tpc_ai_purpose", agent->purpose);
    if (agent->verified != NULL)
        apr_table_setn(last->notes, "tpc_ai_verified", agent->verified);
}

static const tpc_error no_memory = { TPC_ERROR_NO_MEMORY, "", "memory ran out" };

static const char *track(tpc_client *client, const tpc_apache_rules *rules, request_rec *first, request_rec *last)
{
    tpc_server_request_texts texts;
    const char *left_out = NULL;
    const tpc_apache_agent *agent;
    tpc_event *event;
    tpc_error error;
    int32_t status;

    if (!tpc_apache_collect(&texts, first, last)) {
        tpc_apache_client_failed(&no_memory, last);
        return "error";
    }
    agent = tpc_apache_find_agent(first, &texts);
    note(last, agent);
    if (rules->only_ai_agents == 1 && agent->name == NULL) {
        tpc_apache_client_left_out();
        return "not_ai_agent";
    }
    event = make_event(rules, last);
    status = tpc_client_track_request_fields(client, texts.values, texts.lengths, texts.count, event, &left_out, &error);
    tpc_event_free(event);
    if (status == TPC_OK)
        return left_out != NULL ? left_out : "tracked";
    tpc_apache_client_failed(&error, last);
    return "error";
}

/* The word for the note tpc: tracked, the rule that left the visit out, or error. */
static const char *judge(const tpc_apache_rules *rules, request_rec *first, request_rec *last)
{
    tpc_client *client = tpc_apache_client();
    const char *result = "error";

    if (client != NULL)
        result = track(client, rules, first, last);
    else
        tpc_apache_client_absent(last);
    tpc_apache_client_used();
    return result;
}

/*
 * mod_cache answers from its quick handler, before httpd has looked for what holds for the page: TpcEnable Off in a <Location>
 * would not be heeded. Only that can be found now: a page from the cache has no file, and so no folder.
 */
static void find_location(request_rec *last)
{
    char *sent = last->uri, *path = apr_pstrdup(last->pool, sent != NULL ? sent : "");

    if (last->filename != NULL || path[0] != '/' || ap_unescape_url(path) != OK)
        return;
    ap_getparents(path);
    last->uri = path;
    ap_location_walk(last);
    ap_if_walk(last);
    last->uri = sent;
}

int tpc_apache_visit(request_rec *request)
{
    request_rec *first = request, *last = request;
    const tpc_apache_rules *rules;
    const char *result = "off";
    sigset_t before;

    while (first->prev != NULL)
        first = first->prev;
    while (last->next != NULL)
        last = last->next;
    /* Without a request line nothing was asked for: the connection was closed, or timed out. */
    if (first->the_request == NULL || first->unparsed_uri == NULL)
        return DECLINED;
    find_location(last);
    rules = ap_get_module_config(last->per_dir_config, &tpc_module);
    if (rules->enable == 1 && !is_status_page(last) && !is_excluded(first)) {
        tpc_apache_hold_signals(&before);
        result = judge(rules, first, last);
        tpc_apache_release_signals(&before);
    } else if (!tpc_apache_client_wanted()) {
        return DECLINED;
    }
    apr_table_setn(last->notes, "tpc", result);
    return DECLINED;
}
