/*
 * Which responses are pages, by place in the site. The library has one list for a client, the option page_types; so what a
 * place's own list says is passed on as a content type that this list has, or one that it does not have.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TPC_SERVER_PAGE_TYPES_H
#define TPC_SERVER_PAGE_TYPES_H

#include <stddef.h>
#include <tpc.h>

/* Points into the list, or to static text. */
typedef struct {
    const char *html; /* a type of HTML, if there is one: paths that look like a feed's are pages when they are HTML */
    size_t html_length;
    const char *other;
    size_t other_length;
} tpc_server_page_types;

/* Whether the text is one content type, without parameters, that page_types would accept. */
int tpc_server_page_type_is_valid(const char *type, size_t length);
/* list is the value of page_types where it is set, and otherwise NULL or empty. */
void tpc_server_page_types_begin(tpc_server_page_types *types, const char *list, size_t length);
/* Whether a Content-Type header, with or without parameters, says this type, whatever the case. */
int tpc_server_content_type_is(const char *header, size_t header_length, const char *type, size_t length);
/* What to pass on for a Content-Type header that a place's list has (is_page) or does not have. */
const char *tpc_server_page_types_pass(const tpc_server_page_types *types, const char *header, size_t header_length,
                                       int is_page, size_t *length);

#endif
