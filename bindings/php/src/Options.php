<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Tpc\Exception\OptionException;
use Tpc\Exception\TpcException;

/**
 * Passes options to the library, which decides which options exist: those of the environment, overridden by the given ones.
 *
 * @internal
 */
final class Options
{
    /**
     * Creates a tpc_options, to be freed by the caller.
     *
     * @param array<string, mixed> $given
     * @param FFI\CData $error a tpc_error to use; a new one costs more than a call
     * @throws TpcException
     */
    public static function make(FFI $functions, array $given, FFI\CData $error): FFI\CData
    {
        $address = FFI::addr($error);
        $options = $functions->tpc_options_new() ?? throw TpcException::from($functions, $functions->TPC_ERROR_NO_MEMORY);
        try {
            // Unlike in C, a script or worker that ends normally delivers what it queued.
            self::set($functions, $options, $error, $address, 'exit_timeout_ms', (string) Client::EXIT_TIMEOUT_MS);
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

    private static function set(
        FFI $functions, FFI\CData $options, FFI\CData $error, FFI\CData $address, string $name, string $value
    ): void {
        $code = $functions->tpc_options_set($options, $name, strlen($name), $value, strlen($value), $address);
        if ($code !== 0) {
            throw TpcException::from($functions, $code, $error);
        }
    }

    /** A value as the text that the library reads. A list becomes its items with commas between them. */
    private static function text(string $name, mixed $value): string
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
