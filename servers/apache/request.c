/*
 * What the library reads of a request, collected from httpd's own record of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <string.h>

static void *allocate(void *pool, size_t size)
{
    return apr_palloc(pool, size);
}

static void set(tpc_server_request_texts *texts, int field, const char *value)
{
    tpc_server_request_texts_set(texts, field, value, value != NULL ? strlen(value) : 0);
}

/* An ErrorDocument turns a POST into a GET, even in the first request's record; the request line stays as it was. */
static void set_method(tpc_server_request_texts *texts, const request_rec *first)
{
    const char *line = first->the_request;
    size_t length = line != NULL ? strcspn(line, " ") : 0;

    if (length > 0)
        tpc_server_request_texts_set(texts, TPC_REQUEST_METHOD, line, length);
    else
        set(texts, TPC_REQUEST_METHOD, first->method);
}

/* As the visitor wrote it, with its port. HTTP/1.0 has none: then it is the server's own name. */
static const char *host_of(request_rec *first)
{
    const char *host = apr_table_get(first->headers_in, "Host");
    apr_port_t port;

    if (host != NULL && host[0] != '\0')
        return host;
    host = ap_get_server_name_for_url(first);
    port = ap_get_server_port(first);
    return ap_is_default_port(port, first) ? host : apr_psprintf(first->pool, "%s:%u", host, port);
}

static const char *content_type_of(const request_rec *last)
{
    return last->content_type != NULL ? last->content_type : apr_table_get(last->headers_out, "Content-Type");
}

/* Where TpcTypes is set, it decides in place of page_types. */
static void set_content_type(tpc_server_request_texts *texts, const request_rec *last)
{
    const tpc_apache_rules *rules = ap_get_module_config(last->per_dir_config, &tpc_module);
    const char *header = content_type_of(last);
    size_t length = header != NULL ? strlen(header) : 0;
    int is_page = 0, i;

    if (rules->types != NULL && header != NULL) {
        for (i = 0; i < rules->types->nelts; i++) {
            const char *type = APR_ARRAY_IDX(rules->types, i, const char *);

            is_page |= tpc_server_content_type_is(header, length, type, strlen(type));
        }
        header = tpc_server_page_types_pass(&tpc_apache_settings_get()->page_types, header, length, is_page, &length);
    }
    tpc_server_request_texts_set(texts, TPC_REQUEST_CONTENT_TYPE, header, length);
}

int tpc_apache_collect(tpc_server_request_texts *texts, request_rec *first, request_rec *last)
{
    const apr_array_header_t *headers = apr_table_elts(first->headers_in);
    const char *peer = first->connection->client_ip;
    int i;

    tpc_server_request_texts_clear(texts);
    set_method(texts, first);
    set(texts, TPC_REQUEST_SCHEME, ap_http_scheme(first));
    set(texts, TPC_REQUEST_HOST, host_of(first));
    set(texts, TPC_REQUEST_TARGET, first->unparsed_uri);
    set(texts, TPC_REQUEST_REMOTE_ADDRESS, peer);
    /* Another address is the visitor's, which mod_remoteip found. */
    if (first->useragent_ip != NULL && (peer == NULL || strcmp(first->useragent_ip, peer) != 0))
        set(texts, TPC_REQUEST_CLIENT_ADDRESS, first->useragent_ip);
    set_content_type(texts, last);
    set(texts, TPC_REQUEST_STATUS, apr_psprintf(first->pool, "%03d", last->status));
    for (i = 0; i < headers->nelts; i++) {
        const apr_table_entry_t *header = &APR_ARRAY_IDX(headers, i, apr_table_entry_t);

        if (header->key != NULL && header->val != NULL
            && tpc_server_request_texts_add_header(texts, header->key, strlen(header->key), header->val,
                                                   strlen(header->val), allocate, first->pool) != 0)
            return 0;
    }
    return 1;
}
