<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Throwable;
use Tpc\Exception\TpcException;

/**
 * Says in PHP's error log why visits are not tracked: one line a process for each kind of failure, not one a request.
 *
 * @internal
 */
final class FailureLog
{
    public static function tell(Throwable $failure): void
    {
        $kind = $failure instanceof TpcException ? $failure->status : get_class($failure);
        try {
            if (self::isFirst($kind)) {
                error_log("tpc-events: {$failure->getMessage()}; page visits are left out (said once a process)");
            }
        } catch (Throwable) {
            // A host may forbid even these functions (disable_functions), and its pages have to work.
        }
    }

    /**
     * Nothing of a script outlives its request in PHP-FPM but persistent streams. So the mark is one that is set to be
     * non-blocking: a UDP socket, to which nothing is ever written, kept under the kind's name.
     */
    private static function isFirst(string $kind): bool
    {
        $address = 'udp://127.0.0.1:9/tpc-events-' . strtr($kind, '\\', '.');
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
