/*
 * What sets a directive's value, where nginx has no ready function for it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"
#include "server_options.h"
#include "visit_property.h"

/* tpc on | off */
char *ngx_http_tpc_set_enable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_loc_conf_t *lcf = conf;
    ngx_http_tpc_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tpc_module);
    char *failure = ngx_conf_set_flag_slot(cf, cmd, conf);

    if (failure == NGX_CONF_OK && lcf->enable && mcf->first_on.line == 0) mcf->first_on = ngx_http_tpc_place(cf);
    return failure;
}

/* tpc_api_key_file path */
char *ngx_http_tpc_set_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_main_conf_t *mcf = conf;
    ngx_str_t *arguments = cf->args->elts;

    (void)cmd;
    if (mcf->key_file.data != NULL) return "is duplicate";
    mcf->key_file = arguments[1];
    mcf->key_file_place = ngx_http_tpc_place(cf);
    return ngx_conf_full_name(cf->cycle, &mcf->key_file, 1) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}

/* A relative path is one below the configuration's folder, as everywhere in nginx. */
static ngx_int_t ngx_http_tpc_complete_path(ngx_conf_t *cf, ngx_str_t *name, ngx_str_t *value) {
    static const char *const endings[] = {"_file", "_dir", "_directory"};
    size_t i, length;

    for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        length = ngx_strlen(endings[i]);
        if (value->len != 0 && name->len > length && ngx_memcmp(name->data + name->len - length, endings[i], length) == 0)
            return ngx_conf_full_name(cf->cycle, value, 1);
    }
    return NGX_OK;
}

/* tpc_option name value */
char *ngx_http_tpc_set_option(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_main_conf_t *mcf = conf;
    ngx_str_t *arguments = cf->args->elts;
    ngx_http_tpc_option_t *option = mcf->settings->elts;
    tpc_error error;
    ngx_uint_t i;

    (void)cmd;
    for (i = 0; i < mcf->settings->nelts; i++) {
        if (option[i].name.len == arguments[1].len &&
            ngx_memcmp(option[i].name.data, arguments[1].data, arguments[1].len) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate tpc_option \"%V\"", &arguments[1]);
            return NGX_CONF_ERROR;
        }
    }
    option = ngx_array_push(mcf->settings);
    if (option == NULL) return NGX_CONF_ERROR;
    option->name = arguments[1];
    option->value = arguments[2];
    option->place = ngx_http_tpc_place(cf);
    if (ngx_http_tpc_complete_path(cf, &option->name, &option->value) != NGX_OK) return NGX_CONF_ERROR;
    /* A first try, for an error that names this line. */
    if (tpc_server_option_set(mcf->options, (char *)option->name.data, option->name.len, (char *)option->value.data,
                              option->value.len, &error) != TPC_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tpc_option %s: %s", error.field, error.message);
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

static char *ngx_http_tpc_compile(ngx_conf_t *cf, ngx_str_t *text, ngx_http_complex_value_t *value) {
    ngx_http_compile_complex_value_t compile;

    ngx_memzero(&compile, sizeof(compile));
    compile.cf = cf;
    compile.value = text;
    compile.complex_value = value;
    return ngx_http_compile_complex_value(&compile) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}

static void *ngx_http_tpc_push(ngx_conf_t *cf, ngx_array_t **array, size_t size) {
    if (*array == NULL) *array = ngx_array_create(cf->pool, 4, size);
    return *array == NULL ? NULL : ngx_array_push(*array);
}

/* tpc_property name value [string | number | boolean] */
char *ngx_http_tpc_set_property(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_tpc_loc_conf_t *lcf = conf;
    ngx_str_t *arguments = cf->args->elts;
    ngx_http_tpc_property_t *property;
    ngx_uint_t i;
    int type = TPC_SERVER_STRING;

    (void)cmd;
    if (arguments[1].len == 0) return "needs a name";
    if (cf->args->nelts > 3) type = tpc_server_property_type((char *)arguments[3].data, arguments[3].len);
    if (type < 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "tpc_property: found the type \"%V\"; expected string, number or boolean",
                           &arguments[3]);
        return NGX_CONF_ERROR;
    }
    property = lcf->properties == NULL ? NULL : lcf->properties->elts;
    for (i = 0; lcf->properties != NULL && i < lcf->properties->nelts; i++) {
        if (property[i].key.len == arguments[1].len &&
            ngx_memcmp(property[i].key.data, arguments[1].data, arguments[1].len) == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate tpc_property \"%V\"", &arguments[1]);
            return NGX_CONF_ERROR;
        }
    }
    property = ngx_http_tpc_push(cf, &lcf->properties, sizeof(*property));
    if (property == NULL) return NGX_CONF_ERROR;
    property->key = arguments[1];
    property->type = type;
    return ngx_http_tpc_compile(cf, &arguments[2], &property->value);
}

/* tpc_field session_id | anonymous_id | title | canonical_url value */
char *ngx_http_tpc_set_field(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    static const struct {
        ngx_str_t name;
        int32_t field;
    } known[] = {{ngx_string("session_id"), TPC_FIELD_SESSION_ID},
                 {ngx_string("anonymous_id"), TPC_FIELD_ANONYMOUS_ID},
                 {ngx_string("title"), TPC_FIELD_PAGE_TITLE},
                 {ngx_string("canonical_url"), TPC_FIELD_PAGE_CANONICAL_URL}};
    ngx_http_tpc_loc_conf_t *lcf = conf;
    ngx_str_t *arguments = cf->args->elts;
    ngx_http_tpc_field_t *field;
    ngx_uint_t i, k;

    (void)cmd;
    for (k = 0; k < sizeof(known) / sizeof(known[0]); k++)
        if (known[k].name.len == arguments[1].len &&
            ngx_memcmp(known[k].name.data, arguments[1].data, arguments[1].len) == 0)
            break;
    if (k == sizeof(known) / sizeof(known[0])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "tpc_field: found \"%V\"; expected session_id, anonymous_id, title or canonical_url", &arguments[1]);
        return NGX_CONF_ERROR;
    }
    field = lcf->fields == NULL ? NULL : lcf->fields->elts;
    for (i = 0; lcf->fields != NULL && i < lcf->fields->nelts; i++) {
        if (field[i].field == known[k].field) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "duplicate tpc_field \"%V\"", &arguments[1]);
            return NGX_CONF_ERROR;
        }
    }
    field = ngx_http_tpc_push(cf, &lcf->fields, sizeof(*field));
    if (field == NULL) return NGX_CONF_ERROR;
    field->field = known[k].field;
    return ngx_http_tpc_compile(cf, &arguments[2], &field->value);
}
