/*
 * What the configuration adds to a visit: tpc_property and tpc_field.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"
#include "visit_property.h"

void ngx_http_tpc_warn(const tpc_error *error, int refused) {
    static const char *const what[] = {"a visit was not tracked", "a visit lacks a property", "a visit lacks a field"};
    uint64_t kind = (uint64_t)1 << (16 * refused + (-error->status & 15));

    if (ngx_http_tpc_worker.warned & kind) return;
    ngx_http_tpc_worker.warned |= kind;
    /* Not the connection's log, which would add the visitor's address and what was requested. */
    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0, "tpc: %s: %s%s%s; further ones like it are not logged", what[refused],
                  error->field, error->field[0] == '\0' ? "" : ": ", error->message);
}

static ngx_int_t ngx_http_tpc_add_properties(ngx_http_request_t *r, const ngx_array_t *properties, tpc_event *event) {
    ngx_http_tpc_property_t *property = properties->elts;
    ngx_str_t value;
    ngx_uint_t i;
    tpc_error error;

    for (i = 0; i < properties->nelts; i++) {
        if (ngx_http_complex_value(r, &property[i].value, &value) != NGX_OK) return NGX_ERROR;
        if (tpc_server_property_set(event, (char *)property[i].key.data, property[i].key.len, (char *)value.data, value.len,
                                    property[i].type, &error) != TPC_OK)
            ngx_http_tpc_warn(&error, NGX_HTTP_TPC_REFUSED_PROPERTY);
    }
    return NGX_OK;
}

static ngx_int_t ngx_http_tpc_add_fields(ngx_http_request_t *r, const ngx_array_t *fields, tpc_event *event) {
    ngx_http_tpc_field_t *field = fields->elts;
    ngx_str_t value;
    ngx_uint_t i;
    tpc_error error;

    for (i = 0; i < fields->nelts; i++) {
        if (ngx_http_complex_value(r, &field[i].value, &value) != NGX_OK) return NGX_ERROR;
        if (tpc_server_field_set(event, field[i].field, (char *)value.data, value.len, &error) != TPC_OK)
            ngx_http_tpc_warn(&error, NGX_HTTP_TPC_REFUSED_FIELD);
    }
    return NGX_OK;
}

const tpc_event *ngx_http_tpc_fill_event(ngx_http_request_t *r, const ngx_http_tpc_loc_conf_t *lcf) {
    tpc_event *event = ngx_http_tpc_worker.event;

    if (event == NULL || (lcf->properties == NULL && lcf->fields == NULL)) return NULL;
    tpc_event_clear(event);
    if (lcf->properties != NULL && ngx_http_tpc_add_properties(r, lcf->properties, event) != NGX_OK) return NULL;
    if (lcf->fields != NULL && ngx_http_tpc_add_fields(r, lcf->fields, event) != NGX_OK) return NULL;
    return event;
}
