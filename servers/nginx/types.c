/*
 * tpc_types: which responses are pages, by location. The library has one list for a client, page_types; so what a location's own
 * list says is passed on as a type that this list contains, or one that it does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

static ngx_uint_t ngx_http_tpc_is_html(const u_char *type, size_t length) {
    return (length == sizeof("text/html") - 1 && ngx_strncasecmp((u_char *)type, (u_char *)"text/html", length) == 0) ||
           (length == sizeof("application/xhtml+xml") - 1 &&
            ngx_strncasecmp((u_char *)type, (u_char *)"application/xhtml+xml", length) == 0);
}

/* tpc_types type... */
char *ngx_http_tpc_set_types(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_loc_conf_t *lcf = conf;
    ngx_str_t *arguments = cf->args->elts;
    ngx_str_t *type;
    ngx_uint_t i;
    tpc_options *options;
    tpc_error error;
    int32_t status;

    (void)cmd;
    if (lcf->types != NULL) return "is duplicate";
    lcf->types = ngx_array_create(cf->pool, cf->args->nelts - 1, sizeof(ngx_str_t));
    if (lcf->types == NULL) return NGX_CONF_ERROR;
    for (i = 1; i < cf->args->nelts; i++) {
        options = tpc_options_new();
        if (options == NULL) return NGX_CONF_ERROR;
        tpc_options_set(options, "dry_run", TPC_NTS, "true", TPC_NTS, NULL);
        status = tpc_options_set(options, "page_types", TPC_NTS, (char *)arguments[i].data, arguments[i].len, &error);
        if (status == TPC_OK) status = tpc_options_validate(options, &error);
        tpc_options_free(options);
        if (status != TPC_OK || arguments[i].len == 0 ||
            ngx_strlchr(arguments[i].data, arguments[i].data + arguments[i].len, ',') != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "tpc_types: found \"%V\"; expected content types such as text/html, without parameters",
                               &arguments[i]);
            return NGX_CONF_ERROR;
        }
        type = ngx_array_push(lcf->types);
        *type = arguments[i];
    }
    return NGX_CONF_OK;
}

/* Finds the two types of page_types: one of HTML and one of anything else, since the library tells them apart. */
ngx_int_t ngx_http_tpc_types_begin(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf) {
    ngx_str_t list = ngx_http_tpc_option_value(mcf, "page_types");
    ngx_str_t type;
    size_t start, end, next;

    (void)cf;
    ngx_str_set(&mcf->html_type, "text/html");
    ngx_str_set(&mcf->other_type, "text/plain");
    if (list.len == 0) return NGX_OK;
    ngx_str_null(&mcf->html_type);
    ngx_str_null(&mcf->other_type);
    for (start = 0; start < list.len; start = next + 1) {
        for (next = start; next < list.len && list.data[next] != ','; next++) { /* to the end of the entry */
        }
        for (end = next; end > start && list.data[end - 1] == ' '; end--) { /* without the spaces around it */
        }
        while (start < end && list.data[start] == ' ') start++;
        if (start == end) continue;
        type.data = list.data + start;
        type.len = end - start;
        if (ngx_http_tpc_is_html(type.data, type.len))
            mcf->html_type = type;
        else
            mcf->other_type = type;
    }
    if (mcf->html_type.len == 0) mcf->html_type = mcf->other_type;
    if (mcf->other_type.len == 0) mcf->other_type = mcf->html_type;
    return NGX_OK;
}

ngx_str_t ngx_http_tpc_content_type(ngx_http_request_t *r, const ngx_http_tpc_loc_conf_t *lcf) {
    static const ngx_str_t no_page = ngx_string("application/x-not-a-page");
    const ngx_http_tpc_main_conf_t *mcf = ngx_http_get_module_main_conf(r, ngx_http_tpc_module);
    ngx_str_t header = r->headers_out.content_type;
    const ngx_str_t *type;
    size_t length = 0;
    ngx_uint_t i;

    if (lcf->types == NULL || header.len == 0) return header;
    while (length < header.len && header.data[length] != ';' && header.data[length] != ',' && header.data[length] > ' ') length++;
    type = lcf->types->elts;
    for (i = 0; i < lcf->types->nelts; i++)
        if (type[i].len == length && ngx_strncasecmp(type[i].data, header.data, length) == 0)
            return ngx_http_tpc_is_html(header.data, length) ? mcf->html_type : mcf->other_type;
    return no_page;
}
