<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use SensitiveParameter;
use Tpc\Exception\OptionException;
use Tpc\Exception\TpcException;

/**
 * Passes options to the library, which decides which options exist: those of the environment, overridden by the given ones.
 *
 * The type is for editors and PHPStan, in an application's own code as well:
 * `@phpstan-import-type TpcOptions from \Tpc\Options`.
 *
 * @internal
 * @phpstan-type TpcOptions array{
 *     api_key?: string|null,
 *     api_key_file?: string|null,
 *     bearer_token?: string|null,
 *     session_token?: string|null,
 *     organization_id?: string|null,
 *     organization_slug?: string|null,
 *     product_id?: string|null,
 *     product_slug?: string|null,
 *     environment?: 'production'|'local'|'dev'|null,
 *     base_url?: string|null,
 *     queue_max_bytes?: int|null,
 *     queue_max_events?: int|null,
 *     max_in_flight?: int|null,
 *     max_connections?: int|null,
 *     connect_timeout_ms?: int|null,
 *     request_timeout_ms?: int|null,
 *     delivery_timeout_ms?: int|null,
 *     retry_initial_ms?: int|null,
 *     retry_max_ms?: int|null,
 *     max_event_bytes?: int|null,
 *     report_capacity?: int|null,
 *     spool_directory?: string|null,
 *     spool_max_bytes?: int|null,
 *     spool_max_age_ms?: int|null,
 *     spool_sync?: 'none'|'interval'|'always'|null,
 *     spool_sender?: 'self'|'shared'|'never'|null,
 *     trusted_proxies?: string|list<string>|null,
 *     client_ip_header?: string|null,
 *     include_paths?: string|list<string>|null,
 *     exclude_paths?: string|list<string>|null,
 *     page_types?: string|list<string>|null,
 *     track_errors?: 'none'|'ai'|'all'|null,
 *     only_ai_agents?: bool|null,
 *     label_ai_agents?: bool|null,
 *     only_ai?: bool|null,
 *     label_ai_answers?: bool|null,
 *     ai_agents_file?: string|null,
 *     ai_ranges_dir?: string|null,
 *     ai_ranges_max_age_days?: int|null,
 *     ai_keys_dir?: string|null,
 *     sample_rate?: int|float|null,
 *     client_ip?: 'full'|'truncate'|'omit'|null,
 *     anonymous_id?: 'none'|'daily'|null,
 *     privacy_signals?: 'ignore'|'minimal'|'leave_out'|null,
 *     event_id?: 'random'|'request'|null,
 *     redact_query?: string|list<string>|null,
 *     ca_file?: string|null,
 *     proxy?: string|null,
 *     allow_insecure_http?: bool|null,
 *     log_level?: 'off'|'error'|'warn'|'info'|'debug'|null,
 *     log_descriptor?: int|null,
 *     enabled?: bool|null,
 *     dry_run?: bool|null,
 *     name?: string|null,
 *     exit_timeout_ms?: int|null,
 *     sdk_name?: string|null,
 *     sdk_version?: string|null,
 *     sdk_runtime?: string|null,
 * }
 */
final class Options
{
    /** Options that hold a credential, or may: an object that can be dumped does not keep them. */
    public const SECRETS = ['api_key' => 1, 'bearer_token' => 1, 'session_token' => 1, 'proxy' => 1];

    /**
     * Creates a tpc_options, to be freed by the caller.
     *
     * @param array<string, mixed> $given
     * @param FFI\CData $error a tpc_error to use; a new one costs more than a call
     * @throws TpcException
     */
    public static function make(FFI $functions, #[SensitiveParameter] array $given, FFI\CData $error): FFI\CData
    {
        $address = FFI::addr($error);
        $options = $functions->tpc_options_new() ?? throw TpcException::from($functions, $functions->TPC_ERROR_NO_MEMORY);
        try {
            // Unlike in C, a script or worker that ends normally delivers what it queued.
            self::set($functions, $options, $error, $address, 'exit_timeout_ms', (string) Client::EXIT_TIMEOUT_MS);
            // LogLines passes them on: php-fpm hides what is written to descriptor 2.
            self::set($functions, $options, $error, $address, 'log_descriptor', '-1');
            self::set($functions, $options, $error, $address, 'sdk_name', 'tpc-events');
            self::set($functions, $options, $error, $address, 'sdk_version', Client::VERSION);
            self::set($functions, $options, $error, $address, 'sdk_runtime', 'php/' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION);
            $code = $functions->tpc_options_load_environment($options, $address);
            if ($code !== 0) {
                throw TpcException::from($functions, $code, $error);
            }
            foreach ($given as $name => $value) {
                if ($value !== null) {
                    self::set($functions, $options, $error, $address, (string) $name, self::text((string) $name, $value));
                }
            }
        } catch (TpcException $exception) {
            $functions->tpc_options_free($options);
            throw $exception;
        }
        return $options;
    }

    /**
     * Checks what creating a client with these options and the environment would check.
     *
     * @param array<string, mixed> $given
     * @throws TpcException
     */
    public static function validate(#[SensitiveParameter] array $given): void
    {
        if (($functions = Library::available()) === null) {
            return;
        }
        $error = $functions->new('tpc_error');
        $made = self::make($functions, $given, $error);
        $code = $functions->tpc_options_validate($made, FFI::addr($error));
        $functions->tpc_options_free($made);
        if ($code !== 0) {
            throw TpcException::from($functions, $code, $error);
        }
    }

    private static function set(
        FFI $functions, FFI\CData $options, FFI\CData $error, FFI\CData $address, string $name,
        #[SensitiveParameter] string $value,
    ): void {
        $code = $functions->tpc_options_set($options, $name, strlen($name), $value, strlen($value), $address);
        if ($code !== 0) {
            throw TpcException::from($functions, $code, $error);
        }
    }

    /** A value as the text that the library reads. A list becomes its items with commas between them. */
    private static function text(string $name, #[SensitiveParameter] mixed $value): string
    {
        return match (true) {
            is_bool($value) => $value ? 'true' : 'false',
            is_string($value), is_int($value), is_float($value) => (string) $value,
            is_array($value) && array_filter($value, is_string(...)) === $value => implode(',', $value),
            default => throw new OptionException(
                'TPC_ERROR_INVALID_OPTION',
                $name,
                'found ' . get_debug_type($value) . '; expected text, a number, a boolean or a list of texts',
                -2,
            ),
        };
    }
}
