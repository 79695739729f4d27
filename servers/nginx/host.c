/*
 * The host of a page. nginx serves whatever a Host header says, such as example.com:x or "a|b", with its default server; the
 * library refuses what no URL can contain. So that these visits are not lost, they are on the server's own name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"

#include <ctype.h>

#define LAST_PORT 65535

/* Whether the text from start to end is a port, or nothing. */
static ngx_uint_t ngx_http_tpc_is_port(const u_char *start, const u_char *end) {
    ngx_int_t number;

    if (start == end) return 1;
    number = ngx_atoi((u_char *)start, (size_t)(end - start));
    return number != NGX_ERROR && number <= LAST_PORT;
}

/* Whether text is an IPv6 address in brackets, with a port or without. */
static ngx_uint_t ngx_http_tpc_is_literal(const ngx_str_t *text) {
    u_char *end = text->data + text->len;
    u_char *bracket = ngx_strlchr(text->data, end, ']');
    u_char address[16];

    if (bracket == NULL || (bracket + 1 < end && bracket[1] != ':')) return 0;
    if (ngx_inet6_addr(text->data + 1, (size_t)(bracket - text->data - 1), address) != NGX_OK) return 0;
    return bracket + 1 == end || ngx_http_tpc_is_port(bracket + 2, end);
}

/* Whether text is a name or an address, with a port or without. A name has a letter or a digit, and not * or ~ as patterns have. */
static ngx_uint_t ngx_http_tpc_is_host(const ngx_str_t *text) {
    ngx_uint_t is_name = 0;
    size_t i;

    if (text->len != 0 && text->data[0] == '[') return ngx_http_tpc_is_literal(text);
    for (i = 0; i < text->len && text->data[i] != ':'; i++) {
        if (isalnum(text->data[i]) || text->data[i] >= 0x80)
            is_name = 1;
        else if (text->data[i] != '.' && text->data[i] != '-' && text->data[i] != '_')
            return 0;
    }
    return is_name && (i == text->len || ngx_http_tpc_is_port(text->data + i + 1, text->data + text->len));
}

/* The address that the request was sent to, with its port. Who is connected by a Unix socket is on this machine. */
static ngx_str_t ngx_http_tpc_own_address(ngx_connection_t *connection) {
    static const ngx_str_t here = ngx_string("localhost");
    static u_char text[NGX_SOCKADDR_STRLEN]; /* one request at a time */
    ngx_str_t address = {sizeof(text), text};

    if (ngx_connection_local_sockaddr(connection, &address, 1) != NGX_OK) return here;
    if (connection->local_sockaddr->sa_family == AF_UNIX) return here;
    return address;
}

/* HTTP/3 has the host in :authority only, and HTTP/1.0 may have none. */
ngx_str_t ngx_http_tpc_host(ngx_http_request_t *r) {
    ngx_http_core_srv_conf_t *server = ngx_http_get_module_srv_conf(r, ngx_http_core_module);
    ngx_str_t host = ngx_null_string;

    if (r->headers_in.host != NULL) {
        host = r->headers_in.host->value;
    } else if (r->http_version >= NGX_HTTP_VERSION_20 && r->host_start != NULL && r->host_end > r->host_start) {
        host.data = r->host_start;
        host.len = (size_t)(r->host_end - r->host_start);
    }
    if (ngx_http_tpc_is_host(&host)) return host;
    if (ngx_http_tpc_is_host(&r->headers_in.server)) return r->headers_in.server;
    if (ngx_http_tpc_is_host(&server->server_name)) return server->server_name;
    return ngx_http_tpc_own_address(r->connection);
}
