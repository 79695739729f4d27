<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use WeakMap;

/**
 * What is done at the end of a script or a request, after the application's own shutdown functions: the library's last log
 * lines are passed on, and when a fatal error ends it, its clients are given up. PHP then calls no destructor, and in a
 * process that goes on they would keep their threads.
 *
 * @internal
 */
final class AtShutdown
{
    /** The errors that end a script. */
    public const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;
    /** Freed when the end comes, which may be that of memory. */
    private const RESERVED_BYTES = 32768;

    private static bool $isWatching = false;
    /** @var WeakMap<Client, true>|null clients of the script's own; one that is dropped before is freed as ever */
    private static ?WeakMap $clients = null;
    private static ?string $reserve = null;

    /** @param Client|null $own a client of the script's own */
    public static function watch(?Client $own): void
    {
        if (!self::$isWatching) {
            self::$isWatching = true;
            // What is registered at the end comes after all that was registered before.
            register_shutdown_function(static function (): void {
                self::$reserve = null;
                register_shutdown_function(self::end(...));
            });
        }
        if ($own !== null) {
            self::$reserve ??= str_repeat(' ', self::RESERVED_BYTES);
            self::$clients ??= new WeakMap();
            self::$clients[$own] = true;
        }
    }

    private static function end(): void
    {
        if (self::$clients !== null && self::isFatal(error_get_last())) {
            foreach (self::$clients as $client => $_) {
                $client->release();
            }
        }
        LogLines::pass(Library::functions());
    }

    /** Whether PHP calls no destructors any more. After an exception that nobody caught it does. */
    private static function isFatal(?array $error): bool
    {
        return $error !== null && ($error['type'] & self::FATAL) !== 0 && !str_starts_with($error['message'], 'Uncaught ');
    }
}
