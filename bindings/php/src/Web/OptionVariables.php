<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use SensitiveParameter;
use Tpc\Client;
use Tpc\Exception\LibraryException;
use Tpc\Exception\OptionException;

/**
 * The library's options and their variables, for the frameworks that have to know them even where the library cannot be loaded.
 *
 * @internal
 */
final class OptionVariables
{
    /** Of several variables, the first that is set counts. */
    public const ALL = [
        'api_key' => ['TPC_API_KEY', 'TPC_ORGANIZATION_API_KEY'],
        'api_key_file' => ['TPC_API_KEY_FILE'],
        'bearer_token' => ['TPC_BEARER_TOKEN'],
        'session_token' => ['TPC_SESSION_TOKEN'],
        'organization_id' => ['TPC_ORGANIZATION_ID'],
        'organization_slug' => ['TPC_ORGANIZATION_SLUG', 'TPC_ORG_SLUG'],
        'product_id' => ['TPC_PRODUCT_ID'],
        'product_slug' => ['TPC_PRODUCT_SLUG'],
        'environment' => ['TPC_ENVIRONMENT'],
        'base_url' => ['THE_PROMPTING_COMPANY_BASE_URL', 'TPC_BASE_URL', 'TPC_API_URL'],
        'queue_max_bytes' => ['TPC_QUEUE_MAX_BYTES'],
        'queue_max_events' => ['TPC_QUEUE_MAX_EVENTS'],
        'max_in_flight' => ['TPC_MAX_IN_FLIGHT'],
        'max_connections' => ['TPC_MAX_CONNECTIONS'],
        'connect_timeout_ms' => ['TPC_CONNECT_TIMEOUT_MS'],
        'request_timeout_ms' => ['TPC_REQUEST_TIMEOUT_MS'],
        'delivery_timeout_ms' => ['TPC_DELIVERY_TIMEOUT_MS'],
        'retry_initial_ms' => ['TPC_RETRY_INITIAL_MS'],
        'retry_max_ms' => ['TPC_RETRY_MAX_MS'],
        'max_event_bytes' => ['TPC_MAX_EVENT_BYTES'],
        'report_capacity' => ['TPC_REPORT_CAPACITY'],
        'spool_directory' => ['TPC_SPOOL_DIRECTORY'],
        'spool_max_bytes' => ['TPC_SPOOL_MAX_BYTES'],
        'spool_max_age_ms' => ['TPC_SPOOL_MAX_AGE_MS'],
        'spool_sync' => ['TPC_SPOOL_SYNC'],
        'spool_sender' => ['TPC_SPOOL_SENDER'],
        'trusted_proxies' => ['TPC_TRUSTED_PROXIES'],
        'client_ip_header' => ['TPC_CLIENT_IP_HEADER'],
        'include_paths' => ['TPC_INCLUDE_PATHS'],
        'exclude_paths' => ['TPC_EXCLUDE_PATHS'],
        'page_types' => ['TPC_PAGE_TYPES'],
        'track_errors' => ['TPC_TRACK_ERRORS'],
        'only_ai_agents' => ['TPC_ONLY_AI_AGENTS'],
        'label_ai_agents' => ['TPC_LABEL_AI_AGENTS'],
        'only_ai' => ['TPC_ONLY_AI'],
        'label_ai_answers' => ['TPC_LABEL_AI_ANSWERS'],
        'ai_agents_file' => ['TPC_AI_AGENTS_FILE'],
        'ai_ranges_dir' => ['TPC_AI_RANGES_DIR'],
        'ai_ranges_max_age_days' => ['TPC_AI_RANGES_MAX_AGE_DAYS'],
        'ai_keys_dir' => ['TPC_AI_KEYS_DIR'],
        'sample_rate' => ['TPC_SAMPLE_RATE'],
        'client_ip' => ['TPC_CLIENT_IP'],
        'anonymous_id' => ['TPC_ANONYMOUS_ID'],
        'privacy_signals' => ['TPC_PRIVACY_SIGNALS'],
        'event_id' => ['TPC_EVENT_ID'],
        'redact_query' => ['TPC_REDACT_QUERY'],
        'ca_file' => ['TPC_CA_FILE'],
        'proxy' => ['TPC_PROXY'],
        'allow_insecure_http' => ['TPC_ALLOW_INSECURE_HTTP'],
        'log_level' => ['THE_PROMPTING_COMPANY_LOG', 'TPC_LOG_LEVEL'],
        'log_descriptor' => ['TPC_LOG_DESCRIPTOR'],
        'enabled' => ['TPC_ENABLED'],
        'dry_run' => ['TPC_DRY_RUN'],
        'name' => ['TPC_NAME'],
        'exit_timeout_ms' => ['TPC_EXIT_TIMEOUT_MS'],
        'sdk_name' => ['TPC_SDK_NAME'],
        'sdk_version' => ['TPC_SDK_VERSION'],
        'sdk_runtime' => ['TPC_SDK_RUNTIME'],
    ];

    /**
     * The options with those that a .env file sets and PHP's own environment, which the library reads, does not have: Symfony's
     * Dotenv and phpdotenv fill only $_ENV and $_SERVER. An empty variable counts as unset.
     *
     * @param array<string, mixed> $options
     * @return array<string, mixed>
     */
    public static function complete(#[SensitiveParameter] array $options): array
    {
        $options = array_filter($options, static fn (mixed $value): bool => $value !== null);
        $hasKey = isset($options['api_key']) || isset($options['api_key_file']);
        foreach (self::ALL as $option => $variables) {
            // Of a key and a file of the key, the program's own counts.
            if (isset($options[$option]) || $hasKey && ($option === 'api_key' || $option === 'api_key_file')) {
                continue;
            }
            foreach ($variables as $name) {
                $value = $_ENV[$name] ?? $_SERVER[$name] ?? '';
                if (\is_string($value) && $value !== '' && (string) getenv($name) === '') {
                    $options[$option] = $value;
                    break;
                }
            }
        }
        return $options;
    }

    /**
     * Checks names and values for a command or a compiler, which has no visits: it needs no key, makes no client, and does without
     * the library where that cannot be loaded.
     *
     * @param array<string, mixed> $options
     * @throws OptionException when the library does not accept an option's name or value
     */
    public static function check(#[SensitiveParameter] array $options): void
    {
        try {
            Client::validateOptions(['enabled' => false] + $options);
        } catch (OptionException $failure) {
            // The environment of commands is not the one that visits come with.
            $failure->isOfTheMachine() || throw $failure;
        } catch (LibraryException) {
            // The first visit reports it.
        }
    }
}
