/*
 * Collects the texts of a request, as tpc_client_track_request_fields takes them. They stay where they are, in nginx's memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

static void ngx_http_tpc_set_text(tpc_server_request_texts *texts, int field, const ngx_str_t *text) {
    if (text->len != 0) tpc_server_request_texts_set(texts, field, (const char *)text->data, text->len);
}

/* Sets a text to what the configuration says. Returns NGX_DECLINED when it says nothing, or nothing for this request. */
static ngx_int_t ngx_http_tpc_set_configured(ngx_http_request_t *r, tpc_server_request_texts *texts, int field,
                                             ngx_http_complex_value_t *value) {
    ngx_str_t text;

    if (value == NULL) return NGX_DECLINED;
    if (ngx_http_complex_value(r, value, &text) != NGX_OK) return NGX_ERROR;
    ngx_http_tpc_set_text(texts, field, &text);
    return text.len == 0 ? NGX_DECLINED : NGX_OK;
}

static void *ngx_http_tpc_allocate(void *pool, size_t size) { return ngx_pnalloc(pool, size); }

/* User-Agent and Signature-Agent have a length that few others have; whatever else has it does no harm. */
static int ngx_http_tpc_may_name_agent(const ngx_str_t *header) {
    return header->len == sizeof("User-Agent") - 1 || header->len == sizeof("Signature-Agent") - 1;
}

static ngx_int_t ngx_http_tpc_add_headers(ngx_http_request_t *r, tpc_server_request_texts *texts, int only_claims) {
    ngx_list_part_t *part = &r->headers_in.headers.part;
    ngx_table_elt_t *header;
    ngx_uint_t i;

    for (; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (header[i].hash == 0) continue; /* another module removed it */
            if (only_claims && !ngx_http_tpc_may_name_agent(&header[i].key)) continue;
            if (tpc_server_request_texts_add_header(texts, (char *)header[i].key.data, header[i].key.len,
                                                    (char *)header[i].value.data, header[i].value.len, ngx_http_tpc_allocate,
                                                    r->pool) != 0)
                return NGX_ERROR;
        }
    }
    return NGX_OK;
}

/*
 * The peer is the connection's, and not the visitor that real_ip made of it: trusted_proxies vouches for peers. What real_ip
 * found is the visitor's address.
 */
static ngx_int_t ngx_http_tpc_add_addresses(ngx_http_request_t *r, tpc_server_request_texts *texts,
                                            const ngx_http_tpc_loc_conf_t *lcf, ngx_int_t peer_variable) {
    const ngx_str_t *visitor = &r->connection->addr_text;
    ngx_str_t peer = *visitor;
    ngx_http_variable_value_t *original;
    ngx_int_t configured;

    if (peer_variable != NGX_ERROR) {
        original = ngx_http_get_indexed_variable(r, peer_variable);
        if (original != NULL && !original->not_found && original->len != 0) {
            peer.data = original->data;
            peer.len = original->len;
        }
    }
    configured = ngx_http_tpc_set_configured(r, texts, TPC_REQUEST_REMOTE_ADDRESS, lcf->remote_address);
    if (configured == NGX_ERROR) return NGX_ERROR;
    if (configured == NGX_DECLINED) ngx_http_tpc_set_text(texts, TPC_REQUEST_REMOTE_ADDRESS, &peer);

    configured = ngx_http_tpc_set_configured(r, texts, TPC_REQUEST_CLIENT_ADDRESS, lcf->client_address);
    if (configured == NGX_DECLINED && (peer.len != visitor->len || ngx_memcmp(peer.data, visitor->data, peer.len) != 0))
        ngx_http_tpc_set_text(texts, TPC_REQUEST_CLIENT_ADDRESS, visitor);
    return configured == NGX_ERROR ? NGX_ERROR : NGX_OK;
}

/* The method as it was sent. Error pages and X-Accel-Redirect make a GET of a POST, but leave the request line as it was. */
static ngx_str_t ngx_http_tpc_method(const ngx_http_request_t *r) {
    ngx_str_t method = {0, r->request_line.data};

    while (method.len < r->request_line.len && method.data[method.len] != ' ') method.len++;
    return method.len != 0 ? method : r->method_name;
}

/* The target as it was sent, which is a whole URL in GET http://example.com/ HTTP/1.1; its host counts then. */
static ngx_str_t ngx_http_tpc_target(const ngx_http_request_t *r, size_t method_length) {
    ngx_str_t target = r->unparsed_uri;
    u_char *start, *end;

    if (r->http_version >= NGX_HTTP_VERSION_20 || r->request_line.len <= method_length) return target;
    start = r->request_line.data + method_length;
    end = r->request_line.data + r->request_line.len;
    while (start < end && *start == ' ') start++;
    if (start == end || *start == '/') return target;
    target.data = start;
    while (start < end && *start != ' ') start++;
    target.len = (size_t)(start - target.data);
    return target;
}

static ngx_str_t ngx_http_tpc_scheme(const ngx_http_request_t *r) {
    static const ngx_str_t plain = ngx_string("http");
#if (NGX_SSL || NGX_COMPAT)
    static const ngx_str_t encrypted = ngx_string("https");

    if (r->connection->ssl != NULL) return encrypted;
#else
    (void)r;
#endif
    return plain;
}

ngx_int_t ngx_http_tpc_collect_request(ngx_http_request_t *r, tpc_server_request_texts *texts) {
    const ngx_http_tpc_main_conf_t *mcf = ngx_http_get_module_main_conf(r, ngx_http_tpc_module);
    const ngx_http_tpc_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_tpc_module);
    ngx_str_t method = ngx_http_tpc_method(r);
    ngx_str_t text = ngx_http_tpc_target(r, method.len);
    ngx_int_t configured;

    tpc_server_request_texts_clear(texts);
    ngx_http_tpc_set_text(texts, TPC_REQUEST_METHOD, &method);
    ngx_http_tpc_set_text(texts, TPC_REQUEST_TARGET, &text);
    if (ngx_http_tpc_add_headers(r, texts, 0) != NGX_OK) return NGX_ERROR;
    if (ngx_http_tpc_add_addresses(r, texts, lcf, mcf->peer_variable) != NGX_OK) return NGX_ERROR;

    configured = ngx_http_tpc_set_configured(r, texts, TPC_REQUEST_SCHEME, lcf->scheme);
    if (configured == NGX_ERROR) return NGX_ERROR;
    text = ngx_http_tpc_scheme(r);
    if (configured == NGX_DECLINED) ngx_http_tpc_set_text(texts, TPC_REQUEST_SCHEME, &text);

    configured = ngx_http_tpc_set_configured(r, texts, TPC_REQUEST_HOST, lcf->host);
    if (configured == NGX_ERROR) return NGX_ERROR;
    if (configured == NGX_DECLINED) {
        text = ngx_http_tpc_host(r);
        ngx_http_tpc_set_text(texts, TPC_REQUEST_HOST, &text);
    }
    return NGX_OK;
}

ngx_int_t ngx_http_tpc_collect_claims(ngx_http_request_t *r, tpc_server_request_texts *texts) {
    tpc_server_request_texts_clear(texts);
    return ngx_http_tpc_add_headers(r, texts, 1);
}

ngx_int_t ngx_http_tpc_collect_response(ngx_http_request_t *r, tpc_server_request_texts *texts) {
    static char digits[3]; /* one request at a time */
    const ngx_http_tpc_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_tpc_module);
    ngx_uint_t status = r->err_status != 0 ? r->err_status : r->headers_out.status;
    ngx_str_t type = ngx_http_tpc_content_type(r, lcf);

    if (status < 100 || status > 999) return NGX_DECLINED;
    digits[0] = (char)('0' + status / 100);
    digits[1] = (char)('0' + status / 10 % 10);
    digits[2] = (char)('0' + status % 10);
    tpc_server_request_texts_set(texts, TPC_REQUEST_STATUS, digits, sizeof(digits));
    ngx_http_tpc_set_text(texts, TPC_REQUEST_CONTENT_TYPE, &type);
    return NGX_OK;
}
