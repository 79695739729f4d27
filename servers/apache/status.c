/*
 * The handler tpc-status: the counters of all children, as JSON or in Prometheus's format.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <string.h>
#include "status_text.h"

/* The query's format comes before the configuration's; -1 where it is neither json nor prometheus. */
static int wants_prometheus(request_rec *request)
{
    const tpc_apache_rules *rules = ap_get_module_config(request->per_dir_config, &tpc_module);

    if (request->args == NULL || request->args[0] == '\0')
        return rules->prometheus == 1;
    if (strcmp(request->args, "format=prometheus") == 0)
        return 1;
    return strcmp(request->args, "format=json") == 0 ? 0 : -1;
}

int tpc_apache_status(request_rec *request)
{
    const tpc_apache_settings *settings = tpc_apache_settings_get();
    tpc_server_totals totals;
    char *text;
    size_t length;
    int prometheus;

    if (request->handler == NULL || strcmp(request->handler, TPC_APACHE_STATUS_HANDLER) != 0)
        return DECLINED;
    request->allowed |= AP_METHOD_BIT << M_GET;
    if (request->method_number != M_GET)
        return HTTP_METHOD_NOT_ALLOWED;
    if (settings->counters == NULL) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, request, "there are no counters: TpcEnable is on nowhere in the server's configuration");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    prometheus = wants_prometheus(request);
    if (prometheus < 0)
        return HTTP_BAD_REQUEST;
    tpc_server_counters_sum(settings->counters, &totals);
    text = apr_palloc(request->pool, TPC_SERVER_STATUS_CAPACITY);
    length = prometheus ? tpc_server_status_prometheus(&totals, text, TPC_SERVER_STATUS_CAPACITY)
                        : tpc_server_status_json(&totals, text, TPC_SERVER_STATUS_CAPACITY);
    ap_set_content_type(request, prometheus ? "text/plain; version=0.0.4" : "application/json");
    apr_table_setn(request->headers_out, "Cache-Control", "no-store");
    ap_set_content_length(request, (apr_off_t)length);
    ap_rwrite(text, (int)length, request);
    return OK;
}
