<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Throwable;

/**
 * Passes the library's log lines to PHP's error log. The library keeps them until they are taken, since its threads may not
 * call PHP.
 *
 * @internal
 */
final class LogLines
{
    /** More than a line has. */
    private const BYTES = 1024;

    private static ?FFI\CData $line = null;
    private static ?FFI\CData $length = null;

    public static function pass(FFI $functions): void
    {
        try {
            // Without a buffer, the call only says whether there is a line, which there hardly ever is.
            while ($functions->tpc_log_take(null, 0, null) !== 0) {
                self::$line ??= $functions->new('char[' . self::BYTES . ']');
                self::$length ??= $functions->new('size_t[1]');
                if ($functions->tpc_log_take(self::$line, self::BYTES, self::$length) !== 0 || self::$length[0] === 0) {
                    return;
                }
                error_log('tpc-events: ' . FFI::string(self::$line, self::$length[0]));
            }
        } catch (Throwable) {
            // A host may forbid error_log, or have an error handler that throws; what it does still has to work.
        }
    }
}
