<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Throwable;
use Tpc\Exception\TpcException;

/**
 * Logs in PHP's error log why visits are not tracked: one line per process for each kind of failure, not one per request.
 *
 * @internal
 */
final class FailureLog
{
    public static function log(Throwable $failure): void
    {
        // The message of an application's exception may contain visitors' data. An anonymous class has its file in its name.
        [$kind, $text] = $failure instanceof TpcException
            ? [$failure->status, $failure->getMessage()]
            : [$name = strtok(get_class($failure), "\0"), "$name in {$failure->getFile()}, line {$failure->getLine()}"];
        self::write($kind, "a page visit was not tracked: $text; further failures of this kind are not logged");
    }

    /** Writes a line, unless this process has written one of its kind. */
    public static function write(string $kind, string $text): void
    {
        try {
            if (self::isFirst($kind)) {
                error_log("tpc-events: $text");
            }
        } catch (Throwable) {
            // A host may forbid even these functions (disable_functions), and its pages still have to work.
        }
    }

    /**
     * Whether this is the first failure of its kind in this process. In PHP-FPM only persistent streams outlive a request.
     * So a persistent stream that has been set to non-blocking marks a kind that was logged: a UDP socket, to which nothing
     * is ever written, under the kind's name.
     */
    private static function isFirst(string $kind): bool
    {
        $address = 'udp://127.0.0.1:9/tpc-events-' . preg_replace('/\W/', '.', $kind);
        $flags = STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT;
        $mark = @stream_socket_client($address, $number, $words, 1, $flags);
        if ($mark === false) {
            return true;
        }
        $isFirst = stream_get_meta_data($mark)['blocked'];
        stream_set_blocking($mark, false);
        return $isFirst;
    }
}
