/*
 * The library's options. The master makes and checks them when it reads the configuration; each worker makes its client of
 * them. So the key's file and the environment are the master's.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ngx_http_tpc.h"
#include "server_options.h"
#include "spool_folder.h"

#define TEXT(number) #number
#define DECIMAL(number) TEXT(number)
#define MODULE_VERSION DECIMAL(TPC_VERSION_MAJOR) "." DECIMAL(TPC_VERSION_MINOR) "." DECIMAL(TPC_VERSION_PATCH)

static void ngx_http_tpc_options_end(void *data) {
    ngx_http_tpc_main_conf_t *mcf = data;

    tpc_options_free(mcf->options);
    mcf->options = NULL;
}

ngx_int_t ngx_http_tpc_options_begin(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf) {
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);

    if (cleanup == NULL) return NGX_ERROR;
    mcf->options = tpc_options_new();
    if (mcf->options == NULL) return NGX_ERROR;
    cleanup->handler = ngx_http_tpc_options_end;
    cleanup->data = mcf;
    return NGX_OK;
}

static const ngx_http_tpc_option_t *ngx_http_tpc_setting(const ngx_http_tpc_main_conf_t *mcf, const char *name) {
    const ngx_http_tpc_option_t *option = mcf->settings->elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->settings->nelts; i++)
        if (option[i].name.len == ngx_strlen(name) && ngx_memcmp(option[i].name.data, name, option[i].name.len) == 0)
            return &option[i];
    return NULL;
}

ngx_str_t ngx_http_tpc_option_value(const ngx_http_tpc_main_conf_t *mcf, const char *name) {
    const ngx_http_tpc_option_t *option = ngx_http_tpc_setting(mcf, name);
    ngx_str_t value = ngx_null_string;
    char variable[64] = "TPC_";
    size_t length = ngx_strlen(name);
    size_t i;

    if (option != NULL) return option->value;
    if (!mcf->environment || length >= sizeof(variable) - 4) return value;
    for (i = 0; i < length; i++) variable[4 + i] = (char)ngx_toupper(name[i]);
    value.data = (u_char *)getenv(variable);
    if (value.data != NULL) value.len = ngx_strlen(value.data);
    return value;
}

/* The line that an error of an option belongs to: where it is set, or else where a client is first asked for. */
static ngx_int_t ngx_http_tpc_options_fail(ngx_conf_t *cf, const ngx_http_tpc_main_conf_t *mcf, const tpc_error *error) {
    const ngx_http_tpc_option_t *option = ngx_http_tpc_setting(mcf, error->field);
    const ngx_http_tpc_place_t *place = option == NULL ? &mcf->first_on : &option->place;

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "tpc: %s%s%s in %V:%ui", error->field, error->field[0] == '\0' ? "" : ": ",
                  error->message, &place->file, place->line);
    return NGX_ERROR;
}

static int32_t ngx_http_tpc_options_set_own(tpc_options *options, tpc_error *error) {
    static const char *const own[][2] = {
        {"sdk_name", "tpc-nginx"}, {"sdk_version", MODULE_VERSION}, {"sdk_runtime", NGINX_VER}, {"log_descriptor", "-1"}};
    int32_t status = TPC_OK;
    size_t i;

    for (i = 0; i < sizeof(own) / sizeof(own[0]) && status == TPC_OK; i++)
        status = tpc_options_set(options, own[i][0], TPC_NTS, own[i][1], TPC_NTS, error);
    return status;
}

static ngx_int_t ngx_http_tpc_options_read_key(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf) {
    const ngx_http_tpc_option_t *other = ngx_http_tpc_setting(mcf, "api_key");
    const ngx_http_tpc_place_t *place = &mcf->key_file_place;
    tpc_error error;

    if (mcf->key_file.data == NULL) return NGX_OK;
    if (other != NULL) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                      "tpc: tpc_api_key_file and tpc_option api_key are both set; expected one of them in %V:%ui",
                      &other->place.file, other->place.line);
        return NGX_ERROR;
    }
    if (tpc_server_option_key_file(mcf->options, (char *)mcf->key_file.data, &error) == TPC_OK) return NGX_OK;
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "tpc_api_key_file: %s: \"%V\" in %V:%ui", error.message, &mcf->key_file,
                  &place->file, place->line);
    return NGX_ERROR;
}

/*
 * The environment's options. The workers may not be able to read the file that TPC_API_KEY_FILE names, so it is read here;
 * TPC_API_KEY comes before it, and a key of the configuration before both.
 */
static int32_t ngx_http_tpc_options_load_environment(const ngx_http_tpc_main_conf_t *mcf, tpc_error *error) {
    const char *key = getenv("TPC_API_KEY");
    const char *file = getenv("TPC_API_KEY_FILE");
    int32_t status = tpc_options_load_environment(mcf->options, error);

    if (status != TPC_OK || file == NULL || file[0] == '\0' || (key != NULL && key[0] != '\0')) return status;
    if (mcf->key_file.data != NULL || ngx_http_tpc_setting(mcf, "api_key") != NULL) return TPC_OK;
    status = tpc_server_option_key_file(mcf->options, file, error);
    if (status != TPC_OK) ngx_cpystrn((u_char *)error->field, (u_char *)"TPC_API_KEY_FILE", sizeof(error->field));
    return status;
}

ngx_int_t ngx_http_tpc_options_finish(ngx_conf_t *cf, ngx_http_tpc_main_conf_t *mcf) {
    const ngx_http_tpc_option_t *option = mcf->settings->elts;
    tpc_error error;
    ngx_uint_t i;

    tpc_options_free(mcf->options);
    mcf->options = tpc_options_new();
    if (mcf->options == NULL) return NGX_ERROR;
    /* `nginx -s` may lack the environment that the master has. The master checks it at a reload. */
    if (mcf->environment && ngx_process == NGX_PROCESS_SIGNALLER) return NGX_OK;
    if (ngx_http_tpc_options_set_own(mcf->options, &error) != TPC_OK) return ngx_http_tpc_options_fail(cf, mcf, &error);
    if (mcf->environment && ngx_http_tpc_options_load_environment(mcf, &error) != TPC_OK)
        return ngx_http_tpc_options_fail(cf, mcf, &error);
    /* The log is nginx's, whatever the environment says. */
    tpc_options_set(mcf->options, "log_descriptor", TPC_NTS, "-1", TPC_NTS, NULL);
    for (i = 0; i < mcf->settings->nelts; i++)
        if (tpc_server_option_set(mcf->options, (char *)option[i].name.data, option[i].name.len, (char *)option[i].value.data,
                                  option[i].value.len, &error) != TPC_OK)
            return ngx_http_tpc_options_fail(cf, mcf, &error);
    if (ngx_http_tpc_options_read_key(cf, mcf) != NGX_OK) return NGX_ERROR;
    if (tpc_options_validate(mcf->options, &error) != TPC_OK) return ngx_http_tpc_options_fail(cf, mcf, &error);
    ngx_http_tpc_take_log_lines(cf->log);
    mcf->spool_directory = ngx_http_tpc_option_value(mcf, "spool_directory");
    return NGX_OK;
}

void ngx_http_tpc_make_spool(ngx_cycle_t *cycle, const ngx_http_tpc_main_conf_t *mcf) {
    const ngx_core_conf_t *core = (ngx_core_conf_t *)ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    /* Without a master, the one process stays root's. */
    const int is_others = geteuid() == 0 && core->master && core->user != (ngx_uid_t)NGX_CONF_UNSET_UINT;
    ngx_err_t failure;

    if (mcf->spool_directory.len == 0 || ngx_test_config) return;
    failure = tpc_server_spool_folder_make((const char *)mcf->spool_directory.data, is_others ? (uid_t)core->user : (uid_t)-1,
                                           is_others ? (gid_t)core->group : (gid_t)-1);
    if (failure != 0) ngx_log_error(NGX_LOG_WARN, cycle->log, failure, "tpc: cannot make spool_directory for the workers' user");
}
