<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// Options of the client, by the library's names; its documentation says what each means. One that is null has its default.
// Each is listed, since `php artisan config:cache` keeps what this file returns and forgets .env.

// Of several variables, the first that is set counts; an empty one counts as unset.
$variable = static function (string ...$names): mixed {
    foreach ($names as $name) {
        $value = env($name);
        if ($value !== null && $value !== '') {
            return $value;
        }
    }
    return null;
};

return [
    'api_key' => $variable('TPC_API_KEY', 'TPC_ORGANIZATION_API_KEY'),
    'api_key_file' => $variable('TPC_API_KEY_FILE'),
    'bearer_token' => $variable('TPC_BEARER_TOKEN'),
    'session_token' => $variable('TPC_SESSION_TOKEN'),
    'organization_id' => $variable('TPC_ORGANIZATION_ID'),
    'organization_slug' => $variable('TPC_ORGANIZATION_SLUG', 'TPC_ORG_SLUG'),
    'product_id' => $variable('TPC_PRODUCT_ID'),
    'product_slug' => $variable('TPC_PRODUCT_SLUG'),
    'environment' => $variable('TPC_ENVIRONMENT'),
    'base_url' => $variable('THE_PROMPTING_COMPANY_BASE_URL', 'TPC_BASE_URL', 'TPC_API_URL'),
    'queue_max_bytes' => $variable('TPC_QUEUE_MAX_BYTES'),
    'queue_max_events' => $variable('TPC_QUEUE_MAX_EVENTS'),
    'max_in_flight' => $variable('TPC_MAX_IN_FLIGHT'),
    'max_connections' => $variable('TPC_MAX_CONNECTIONS'),
    'connect_timeout_ms' => $variable('TPC_CONNECT_TIMEOUT_MS'),
    'request_timeout_ms' => $variable('TPC_REQUEST_TIMEOUT_MS'),
    'delivery_timeout_ms' => $variable('TPC_DELIVERY_TIMEOUT_MS'),
    'retry_initial_ms' => $variable('TPC_RETRY_INITIAL_MS'),
    'retry_max_ms' => $variable('TPC_RETRY_MAX_MS'),
    'max_event_bytes' => $variable('TPC_MAX_EVENT_BYTES'),
    'report_capacity' => $variable('TPC_REPORT_CAPACITY'),
    'spool_directory' => $variable('TPC_SPOOL_DIRECTORY'),
    'spool_max_bytes' => $variable('TPC_SPOOL_MAX_BYTES'),
    'spool_max_age_ms' => $variable('TPC_SPOOL_MAX_AGE_MS'),
    'spool_sync' => $variable('TPC_SPOOL_SYNC'),
    'spool_sender' => $variable('TPC_SPOOL_SENDER'),
    'trusted_proxies' => $variable('TPC_TRUSTED_PROXIES'),
    'client_ip_header' => $variable('TPC_CLIENT_IP_HEADER'),
    'include_paths' => $variable('TPC_INCLUDE_PATHS'),
    'exclude_paths' => $variable('TPC_EXCLUDE_PATHS'),
    'page_types' => $variable('TPC_PAGE_TYPES'),
    'track_errors' => $variable('TPC_TRACK_ERRORS'),
    'only_ai_agents' => $variable('TPC_ONLY_AI_AGENTS'),
    'label_ai_agents' => $variable('TPC_LABEL_AI_AGENTS'),
    'only_ai' => $variable('TPC_ONLY_AI'),
    'label_ai_answers' => $variable('TPC_LABEL_AI_ANSWERS'),
    'ai_agents_file' => $variable('TPC_AI_AGENTS_FILE'),
    'ai_ranges_dir' => $variable('TPC_AI_RANGES_DIR'),
    'ai_ranges_max_age_days' => $variable('TPC_AI_RANGES_MAX_AGE_DAYS'),
    'ai_keys_dir' => $variable('TPC_AI_KEYS_DIR'),
    'sample_rate' => $variable('TPC_SAMPLE_RATE'),
    'client_ip' => $variable('TPC_CLIENT_IP'),
    'anonymous_id' => $variable('TPC_ANONYMOUS_ID'),
    'privacy_signals' => $variable('TPC_PRIVACY_SIGNALS'),
    'event_id' => $variable('TPC_EVENT_ID'),
    'redact_query' => $variable('TPC_REDACT_QUERY'),
    'ca_file' => $variable('TPC_CA_FILE'),
    'proxy' => $variable('TPC_PROXY'),
    'allow_insecure_http' => $variable('TPC_ALLOW_INSECURE_HTTP'),
    'log_level' => $variable('THE_PROMPTING_COMPANY_LOG', 'TPC_LOG_LEVEL'),
    'log_descriptor' => $variable('TPC_LOG_DESCRIPTOR'),
    'enabled' => $variable('TPC_ENABLED'),
    'dry_run' => $variable('TPC_DRY_RUN'),
    'name' => $variable('TPC_NAME'),
    'exit_timeout_ms' => $variable('TPC_EXIT_TIMEOUT_MS'),
    'sdk_name' => $variable('TPC_SDK_NAME'),
    'sdk_version' => $variable('TPC_SDK_VERSION'),
    'sdk_runtime' => $variable('TPC_SDK_RUNTIME'),
];
