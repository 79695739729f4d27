/*
 * The options of the children's clients, made by the process that starts them: it may read the API key, and it is what
 * `apachectl configtest` asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_file_io.h>
#include <unixd.h>
#include "server_options.h"
#include "spool_folder.h"

#define STRING(text) #text
#define NUMBER(macro) STRING(macro)
#define MODULE_VERSION NUMBER(TPC_VERSION_MAJOR) "." NUMBER(TPC_VERSION_MINOR) "." NUMBER(TPC_VERSION_PATCH)

/* The value of an option that the configuration sets, where it is set last; NULL where it is not set. */
static const tpc_apache_option *find_option(const char *name)
{
    const apr_array_header_t *options = tpc_apache_settings_get()->options;
    int i;

    for (i = options->nelts - 1; i >= 0; i--) {
        const tpc_apache_option *option = &APR_ARRAY_IDX(options, i, tpc_apache_option);

        if (strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

/* An option's value, where this module has to know it; NULL where it is not set. */
static const char *find_value(const char *name, const char *variable)
{
    const tpc_apache_option *option = find_option(name);

    if (option != NULL)
        return option->value;
    return tpc_apache_settings_get()->environment ? getenv(variable) : NULL;
}

/* The line to blame: the option's own, that of what else sets it, or the one that makes the options necessary. */
static tpc_apache_place find_place(const char *field)
{
    const tpc_apache_settings *settings = tpc_apache_settings_get();
    const tpc_apache_option *option = find_option(field);

    if (option != NULL)
        return option->place;
    if (settings->key_file != NULL && strcmp(field, "api_key") == 0)
        return settings->key_file_place;
    if (settings->environment && (strncmp(field, "TPC_", 4) == 0 || strncmp(field, "THE_", 4) == 0))
        return settings->environment_place;
    return settings->enabled_place;
}

/* In the form of httpd's own errors. */
static void log_error(server_rec *server, tpc_apache_place place, const char *field, const char *message)
{
    if (place.file == NULL)
        place.file = "the server's configuration";
    ap_log_error(APLOG_MARK, APLOG_ERR | APLOG_STARTUP, 0, server, "Syntax error on line %d of %s:", place.line, place.file);
    ap_log_error(APLOG_MARK, APLOG_ERR | APLOG_STARTUP, 0, server, "mod_tpc: %s%s%s", field, field[0] != '\0' ? ": " : "",
                 message);
}

static int32_t set(tpc_options *options, const char *name, const char *value, tpc_error *error)
{
    return tpc_options_set(options, name, TPC_NTS, value, TPC_NTS, error);
}

static int32_t set_sdk(tpc_options *options, tpc_error *error)
{
    char runtime[32];
    ap_version_t version;
    int32_t status;

    ap_get_server_revision(&version);
    apr_snprintf(runtime, sizeof(runtime), "apache/%d.%d.%d", version.major, version.minor, version.patch);
    status = set(options, "sdk_name", "tpc-apache", error);
    if (status == TPC_OK)
        status = set(options, "sdk_version", MODULE_VERSION, error);
    return status == TPC_OK ? set(options, "sdk_runtime", runtime, error) : status;
}

/*
 * The children may not be able to read the key's file, so it is read here. Their lines are kept for the error log, and their
 * end is TpcShutdownTimeout's, whatever the environment says.
 */
static int32_t set_environment(tpc_options *options, tpc_error *error)
{
    const char *key_file = getenv("TPC_API_KEY_FILE");
    int32_t status = tpc_options_load_environment(options, error);

    if (status == TPC_OK && key_file != NULL && key_file[0] != '\0')
        status = tpc_server_option_key_file(options, key_file, error);
    return status == TPC_OK ? set(options, "exit_timeout_ms", "0", error) : status;
}

static int32_t set_all(tpc_options *options, tpc_error *error)
{
    const tpc_apache_settings *settings = tpc_apache_settings_get();
    int32_t status = set_sdk(options, error);
    int i;

    if (status == TPC_OK && settings->environment)
        status = set_environment(options, error);
    if (status == TPC_OK)
        status = set(options, "log_descriptor", "-1", error);
    if (status == TPC_OK && settings->key_file != NULL)
        status = tpc_server_option_key_file(options, settings->key_file, error);
    for (i = 0; status == TPC_OK && i < settings->options->nelts; i++) {
        const tpc_apache_option *option = &APR_ARRAY_IDX(settings->options, i, tpc_apache_option);

        status = tpc_server_option_set(options, option->name, strlen(option->name), option->value, strlen(option->value),
                                       error);
    }
    return status == TPC_OK ? tpc_options_validate(options, error) : status;
}

/*
 * Where no TpcEnable On asks for visits, an .htaccess file still may. So whatever makes valid options makes clients, and
 * what does not is not an error.
 */
int tpc_apache_client_options(apr_pool_t *pool, apr_pool_t *temporary, server_rec *server)
{
    tpc_apache_settings *settings = tpc_apache_settings_get();
    const char *types = find_value("page_types", "TPC_PAGE_TYPES");
    int enabled = settings->enabled_place.file != NULL;
    tpc_options *options;
    tpc_error error;
    int32_t status;

    (void)pool;
    (void)temporary;
    if (!enabled && settings->key_file == NULL && !settings->environment && settings->options->nelts == 0)
        return 1;
    if (settings->key_file != NULL && find_option("api_key") != NULL) {
        log_error(server, find_option("api_key")->place, "TpcOption api_key", "TpcApiKeyFile sets it, too; leave one of them out");
        return 0;
    }
    tpc_server_page_types_begin(&settings->page_types, types, types != NULL ? strlen(types) : 0);
    options = tpc_options_new();
    if (options == NULL) {
        log_error(server, settings->enabled_place, "", "memory ran out");
        return 0;
    }
    status = set_all(options, &error);
    if (status == TPC_OK) {
        settings->client_options = options;
        return 1;
    }
    tpc_options_free(options);
    if (!enabled)
        return 1;
    log_error(server, find_place(error.field), error.field, error.message);
    return 0;
}

void tpc_apache_make_spool(server_rec *server)
{
    const char *path = find_value("spool_directory", "TPC_SPOOL_DIRECTORY");
    /* Only root's children are another user's. */
    int is_root = geteuid() == 0;
    int failure = path == NULL ? 0
                               : tpc_server_spool_folder_make(path, is_root ? ap_unixd_config.user_id : (uid_t)-1,
                                                              is_root ? ap_unixd_config.group_id : (gid_t)-1);

    if (failure != 0)
        ap_log_error(APLOG_MARK, APLOG_WARNING, failure, server, "cannot make spool_directory for the children's user");
}
