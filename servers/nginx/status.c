/*
 * tpc_status: answers with the counters of all workers; without tpc_zone, with this worker's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"
#include "status_text.h"

static ngx_int_t ngx_http_tpc_send(ngx_http_request_t *r, ngx_buf_t *buffer, ngx_uint_t format) {
    ngx_table_elt_t *header = ngx_list_push(&r->headers_out.headers);
    ngx_chain_t chain = {buffer, NULL};
    ngx_int_t sent;

    if (header == NULL) return NGX_HTTP_INTERNAL_SERVER_ERROR;
    ngx_memzero(header, sizeof(*header));
    header->hash = 1;
    ngx_str_set(&header->key, "Cache-Control");
    ngx_str_set(&header->value, "no-store");
    if (format == NGX_HTTP_TPC_STATUS_JSON) {
        ngx_str_set(&r->headers_out.content_type, "application/json");
    } else {
        ngx_str_set(&r->headers_out.content_type, "text/plain; version=0.0.4");
    }
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = buffer->last - buffer->pos;
    sent = ngx_http_send_header(r);
    if (sent == NGX_ERROR || sent > NGX_OK || r->header_only) return sent;
    return ngx_http_output_filter(r, &chain);
}

static ngx_int_t ngx_http_tpc_status_handler(ngx_http_request_t *r) {
    const ngx_http_tpc_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_tpc_module);
    tpc_server_totals totals;
    tpc_stats own;
    ngx_buf_t *buffer;
    ngx_int_t discarded;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) return NGX_HTTP_NOT_ALLOWED;
    discarded = ngx_http_discard_request_body(r);
    if (discarded != NGX_OK) return discarded;
    buffer = ngx_create_temp_buf(r->pool, TPC_SERVER_STATUS_CAPACITY);
    if (buffer == NULL || ngx_http_tpc_worker.counters == NULL) return NGX_HTTP_INTERNAL_SERVER_ERROR;
    ngx_http_tpc_publish(&own);
    tpc_server_counters_sum(ngx_http_tpc_worker.counters, &totals);
    if (lcf->status == NGX_HTTP_TPC_STATUS_JSON)
        buffer->last += tpc_server_status_json(&totals, (char *)buffer->pos, TPC_SERVER_STATUS_CAPACITY);
    else
        buffer->last += tpc_server_status_prometheus(&totals, (char *)buffer->pos, TPC_SERVER_STATUS_CAPACITY);
    buffer->last_buf = r == r->main;
    buffer->last_in_chain = 1;
    return ngx_http_tpc_send(r, buffer, lcf->status);
}

/* tpc_status [json | prometheus] */
char *ngx_http_tpc_set_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_loc_conf_t *lcf = conf;
    ngx_http_core_loc_conf_t *core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_str_t *arguments = cf->args->elts;

    (void)cmd;
    if (lcf->status != NGX_HTTP_TPC_STATUS_NONE) return "is duplicate";
    lcf->status = NGX_HTTP_TPC_STATUS_JSON;
    if (cf->args->nelts > 1 && ngx_strcmp(arguments[1].data, "json") != 0) {
        lcf->status = NGX_HTTP_TPC_STATUS_PROMETHEUS;
        if (ngx_strcmp(arguments[1].data, "prometheus") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tpc_status: found \"%V\"; expected json or prometheus", &arguments[1]);
            return NGX_CONF_ERROR;
        }
    }
    core->handler = ngx_http_tpc_status_handler;
    return NGX_CONF_OK;
}
