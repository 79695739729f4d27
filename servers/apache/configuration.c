/*
 * The directives: what they accept, and how those of a place add to those around it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mod_tpc.h"

#include <apr_lib.h>
#include <string.h>
#include "server_options.h"
#include "visit_property.h"

/* httpd kills a child that has not ended nine seconds after it was told to; what follows the flush takes up to one. */
#define LONGEST_SHUTDOWN_SECONDS 7

static tpc_apache_settings *settings;

static apr_status_t free_options(void *data)
{
    tpc_apache_settings *ended = data;

    tpc_options_free(ended->client_options);
    ended->client_options = NULL;
    return APR_SUCCESS;
}

void tpc_apache_settings_begin(apr_pool_t *pool)
{
    settings = apr_pcalloc(pool, sizeof(*settings));
    settings->options = apr_array_make(pool, 8, sizeof(tpc_apache_option));
    settings->shutdown_timeout = 2000;
    apr_pool_cleanup_register(pool, settings, free_options, apr_pool_cleanup_null);
}

tpc_apache_settings *tpc_apache_settings_get(void)
{
    return settings;
}

void *tpc_apache_rules_create(apr_pool_t *pool, char *directory)
{
    tpc_apache_rules *rules = apr_pcalloc(pool, sizeof(*rules));

    (void)directory;
    rules->enable = rules->only_ai_agents = rules->prometheus = -1;
    return rules;
}

/* The outer values, then the inner ones, which come last and so replace those of the same name. */
void *tpc_apache_rules_merge(apr_pool_t *pool, void *outer_rules, void *inner_rules)
{
    const tpc_apache_rules *outer = outer_rules, *inner = inner_rules;
    tpc_apache_rules *rules = apr_pcalloc(pool, sizeof(*rules));

    rules->enable = inner->enable != -1 ? inner->enable : outer->enable;
    rules->only_ai_agents = inner->only_ai_agents != -1 ? inner->only_ai_agents : outer->only_ai_agents;
    rules->prometheus = inner->prometheus != -1 ? inner->prometheus : outer->prometheus;
    rules->types = inner->types != NULL ? inner->types : outer->types;
    rules->values = inner->values;
    if (outer->values != NULL)
        rules->values = inner->values == NULL ? outer->values : apr_array_append(pool, outer->values, inner->values);
    return rules;
}

/* A request reads an .htaccess file with its own pool, which it also takes for what is temporary. */
static int in_htaccess(const cmd_parms *cmd)
{
    return cmd->pool == cmd->temp_pool;
}

static tpc_apache_place place_of(const cmd_parms *cmd)
{
    tpc_apache_place place = { cmd->directive->filename, cmd->directive->line_num };

    return place;
}

static const char *set_enable(cmd_parms *cmd, void *data, int on)
{
    tpc_apache_rules *rules = data;

    rules->enable = on != 0;
    if (on && !in_htaccess(cmd) && settings->enabled_place.file == NULL)
        settings->enabled_place = place_of(cmd);
    return NULL;
}

static const char *set_flag(cmd_parms *cmd, void *data, int on)
{
    return ap_set_flag_slot(cmd, data, on != 0);
}

static const char *describe(const cmd_parms *cmd, const tpc_error *error)
{
    return apr_psprintf(cmd->pool, "%s: %s%s%s", cmd->cmd->name, error->field, error->field[0] != '\0' ? ": " : "",
                        error->message);
}

static const char *set_key_file(cmd_parms *cmd, void *data, const char *path)
{
    const char *refused = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    tpc_options *options;
    tpc_error error;
    int32_t status;

    (void)data;
    if (refused != NULL)
        return refused;
    settings->key_file = ap_server_root_relative(cmd->pool, path);
    settings->key_file_place = place_of(cmd);
    if (settings->key_file == NULL)
        return "TpcApiKeyFile: the path is not valid";
    options = tpc_options_new();
    if (options == NULL)
        return "TpcApiKeyFile: memory ran out";
    status = tpc_server_option_key_file(options, settings->key_file, &error);
    tpc_options_free(options);
    return status == TPC_OK ? NULL : describe(cmd, &error);
}

static const char *set_environment(cmd_parms *cmd, void *data, int on)
{
    const char *refused = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)data;
    if (refused != NULL)
        return refused;
    settings->environment = on != 0;
    settings->environment_place = place_of(cmd);
    return NULL;
}

/* Each option is tried alone, so that its own line is blamed. */
static const char *set_option(cmd_parms *cmd, void *data, const char *name, const char *value)
{
    const char *refused = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    tpc_apache_option *option;
    tpc_options *options;
    tpc_error error;
    int32_t status;

    (void)data;
    if (refused != NULL)
        return refused;
    options = tpc_options_new();
    if (options == NULL)
        return "TpcOption: memory ran out";
    status = tpc_server_option_set(options, name, strlen(name), value, strlen(value), &error);
    tpc_options_free(options);
    if (status != TPC_OK)
        return describe(cmd, &error);
    option = apr_array_push(settings->options);
    option->name = name;
    option->value = value;
    option->place = place_of(cmd);
    return NULL;
}

/* Milliseconds, or -1 for what is not a time. httpd's own reader takes "soon" for no seconds. */
static apr_int64_t read_time(const char *text)
{
    char *unit;
    apr_int64_t number = apr_strtoi64(text, &unit, 10);

    if (!apr_isdigit(text[0]) || number > LONGEST_SHUTDOWN_SECONDS * 1000)
        return -1;
    if (strcmp(unit, "ms") == 0)
        return number;
    return *unit == '\0' || strcmp(unit, "s") == 0 ? number * 1000 : -1;
}

static const char *set_shutdown_timeout(cmd_parms *cmd, void *data, const char *text)
{
    const char *refused = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    apr_int64_t milliseconds = read_time(text);

    (void)data;
    if (refused != NULL)
        return refused;
    if (milliseconds < 0 || milliseconds > LONGEST_SHUTDOWN_SECONDS * 1000)
        return apr_psprintf(cmd->pool, "TpcShutdownTimeout: the time is %s; from 0 to %d seconds are accepted, as 2 or 500ms",
                            text, LONGEST_SHUTDOWN_SECONDS);
    settings->shutdown_timeout = (int32_t)milliseconds;
    return NULL;
}

static const char *add_value(cmd_parms *cmd, tpc_apache_rules *rules, tpc_apache_value value, const char *text)
{
    /* An .htaccess file may not be its author's licence to read other files. */
    unsigned int flags = AP_EXPR_FLAG_STRING_RESULT | AP_EXPR_FLAG_DONT_VARY
        | (in_htaccess(cmd) ? AP_EXPR_FLAG_RESTRICTED : 0);
    const char *wrong = NULL;

    value.value = ap_expr_parse_cmd(cmd, text, flags, &wrong, NULL);
    if (wrong != NULL)
        return apr_psprintf(cmd->pool, "%s: the value of %s is not an expression: %s", cmd->cmd->name, value.name, wrong);
    if (rules->values == NULL)
        rules->values = apr_array_make(cmd->pool, 4, sizeof(tpc_apache_value));
    *(tpc_apache_value *)apr_array_push(rules->values) = value;
    return NULL;
}

static const char *add_property(cmd_parms *cmd, void *data, const char *name, const char *text, const char *type)
{
    tpc_apache_value value = { name, -1, TPC_SERVER_STRING, NULL };

    if (type != NULL)
        value.type = tpc_server_property_type(type, strlen(type));
    if (value.type < 0)
        return apr_psprintf(cmd->pool, "TpcProperty: the type of %s is %s; string, number and boolean are accepted", name,
                            type);
    return add_value(cmd, data, value, text);
}

static const char *add_field(cmd_parms *cmd, void *data, const char *name, const char *text)
{
    static const struct {
        const char *name;
        int field;
    } fields[] = {
        { "session_id", TPC_FIELD_SESSION_ID },
        { "anonymous_id", TPC_FIELD_ANONYMOUS_ID },
        { "title", TPC_FIELD_PAGE_TITLE },
        { "canonical_url", TPC_FIELD_PAGE_CANONICAL_URL }
    };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        tpc_apache_value value = { fields[i].name, fields[i].field, TPC_SERVER_STRING, NULL };

        if (strcmp(name, fields[i].name) == 0)
            return add_value(cmd, data, value, text);
    }
    return apr_psprintf(cmd->pool, "TpcField: %s is not a field; session_id, anonymous_id, title and canonical_url are accepted",
                        name);
}

static const char *add_type(cmd_parms *cmd, void *data, const char *type)
{
    tpc_apache_rules *rules = data;

    if (!tpc_server_page_type_is_valid(type, strlen(type)))
        return apr_psprintf(cmd->pool, "TpcTypes: %s is not a content type without parameters, such as text/html", type);
    if (rules->types == NULL)
        rules->types = apr_array_make(cmd->pool, 4, sizeof(const char *));
    *(const char **)apr_array_push(rules->types) = type;
    return NULL;
}

static const char *set_status_format(cmd_parms *cmd, void *data, const char *format)
{
    tpc_apache_rules *rules = data;

    rules->prometheus = strcmp(format, "prometheus") == 0;
    if (!rules->prometheus && strcmp(format, "json") != 0)
        return apr_psprintf(cmd->pool, "TpcStatusFormat: the format is %s; json and prometheus are accepted", format);
    return NULL;
}

/* FileInfo in AllowOverride lets .htaccess files use what says OR_FILEINFO. */
const command_rec tpc_apache_directives[] = {
    AP_INIT_FLAG("TpcEnable", set_enable, NULL, OR_FILEINFO, "On: visits of the pages here are sent; Off is the default"),
    AP_INIT_TAKE1("TpcApiKeyFile", set_key_file, NULL, RSRC_CONF, "the file that holds the API key; only root has to read it"),
    AP_INIT_FLAG("TpcEnvironment", set_environment, NULL, RSRC_CONF, "On: the server's variables TPC_... set options"),
    AP_INIT_TAKE2("TpcOption", set_option, NULL, RSRC_CONF, "one of the library's options, and its value"),
    AP_INIT_TAKE1("TpcShutdownTimeout", set_shutdown_timeout, NULL, RSRC_CONF,
                  "how long a child that ends waits for its visits to be delivered; 2 seconds by default"),
    AP_INIT_FLAG("TpcOnlyAIAgents", set_flag, (void *)APR_OFFSETOF(tpc_apache_rules, only_ai_agents), OR_FILEINFO,
                 "On: only the visits of AI agents are sent"),
    AP_INIT_TAKE23("TpcProperty", add_property, NULL, OR_FILEINFO,
                   "a property's name, its value (an expression), and string, number or boolean"),
    AP_INIT_TAKE2("TpcField", add_field, NULL, OR_FILEINFO,
                  "session_id, anonymous_id, title or canonical_url, and its value (an expression)"),
    AP_INIT_ITERATE("TpcTypes", add_type, NULL, OR_FILEINFO, "the content types of pages, in place of the option page_types"),
    AP_INIT_TAKE1("TpcStatusFormat", set_status_format, NULL, OR_FILEINFO, "what tpc-status writes: json or prometheus"),
    { .name = NULL }
};
