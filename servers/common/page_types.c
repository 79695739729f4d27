/*
 * Which responses are pages, by place in the site.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>
#include <strings.h>

#include "page_types.h"

static const char HTML[] = "text/html";
static const char XHTML[] = "application/xhtml+xml";
static const char PLAIN[] = "text/plain";
static const char NO_PAGE[] = "application/x-not-a-page";

int tpc_server_page_type_is_valid(const char *type, size_t length) {
    tpc_options *options = tpc_options_new();
    int valid = length > 0 && options != NULL && memchr(type, ',', length) == NULL &&
        tpc_options_set(options, "dry_run", TPC_NTS, "true", TPC_NTS, NULL) == TPC_OK &&
        tpc_options_set(options, "page_types", TPC_NTS, type, length, NULL) == TPC_OK &&
        tpc_options_validate(options, NULL) == TPC_OK;
    tpc_options_free(options);
    return valid;
}

int tpc_server_content_type_is(const char *header, size_t header_length, const char *type, size_t length) {
    size_t end = 0;
    while (end < header_length && header[end] != ';' && header[end] != ',' && header[end] != ' ' && header[end] != '\t') end++;
    return end == length && strncasecmp(header, type, length) == 0;
}

static int is_html(const char *header, size_t length) {
    return tpc_server_content_type_is(header, length, HTML, sizeof HTML - 1) ||
        tpc_server_content_type_is(header, length, XHTML, sizeof XHTML - 1);
}

void tpc_server_page_types_begin(tpc_server_page_types *types, const char *list, size_t length) {
    *types = (tpc_server_page_types){NULL, 0, NULL, 0};
    for (size_t start = 0, end; start < length; start = end + 1) {
        for (end = start; end < length && list[end] != ','; end++) {}
        size_t last = end;
        while (last > start && list[last - 1] == ' ') last--;
        while (start < last && list[start] == ' ') start++;
        if (start == last) continue;
        if (is_html(list + start, last - start)) {
            types->html = list + start;
            types->html_length = last - start;
        } else {
            types->other = list + start;
            types->other_length = last - start;
        }
    }
    if (types->html == NULL && types->other == NULL)
        *types = (tpc_server_page_types){HTML, sizeof HTML - 1, PLAIN, sizeof PLAIN - 1};
    if (types->html == NULL)
        *types = (tpc_server_page_types){types->other, types->other_length, types->other, types->other_length};
    if (types->other == NULL)
        *types = (tpc_server_page_types){types->html, types->html_length, types->html, types->html_length};
}

const char *tpc_server_page_types_pass(const tpc_server_page_types *types, const char *header, size_t header_length,
                                       int is_page, size_t *length) {
    if (!is_page) {
        *length = sizeof NO_PAGE - 1;
        return NO_PAGE;
    }
    int html = is_html(header, header_length);
    *length = html ? types->html_length : types->other_length;
    return html ? types->html : types->other;
}
