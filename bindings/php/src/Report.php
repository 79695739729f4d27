<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Generator;
use Tpc\Exception\TpcException;

/** How one event ended. Kept only when the option report_capacity is above 0. */
final class Report
{
    /**
     * @param string $outcome "delivered", "rejected", "expired", "abandoned" or "spooled"
     * @param int $httpStatus the last HTTP status; 0 when no server answered
     * @param int $attempts how many requests carried the event
     * @param string $code the server's, or "network", "expired", "abandoned" or "spooled"
     * @param string $details the server's, as JSON
     * @param string $receivedAt the server's, in RFC 3339
     */
    private function __construct(
        public readonly string $outcome,
        public readonly string $eventId,
        public readonly int $httpStatus,
        public readonly int $attempts,
        public readonly string $code,
        public readonly string $message,
        public readonly string $details,
        public readonly string $receivedAt,
    ) {
    }

    /**
     * @internal takes the reports that are available, and waits for each further one
     * @return Generator<int, self>
     */
    public static function all(FFI $functions, FFI\CData $client, int $timeoutMs): Generator
    {
        $report = $functions->new('tpc_report *');
        while (true) {
            $code = $functions->tpc_client_poll($client, $timeoutMs, FFI::addr($report));
            if ($code !== 0) {
                throw TpcException::from($functions, $code);
            }
            if (FFI::isNull($report)) {
                return;
            }
            $copy = self::from($functions, $report);
            $functions->tpc_report_free($report);
            yield $copy;
        }
    }

    /** Copies a tpc_report. */
    private static function from(FFI $functions, FFI\CData $report): self
    {
        return new self(
            match ($functions->tpc_report_outcome($report)) {
                $functions->TPC_OUTCOME_DELIVERED => 'delivered',
                $functions->TPC_OUTCOME_REJECTED => 'rejected',
                $functions->TPC_OUTCOME_EXPIRED => 'expired',
                $functions->TPC_OUTCOME_ABANDONED => 'abandoned',
                $functions->TPC_OUTCOME_SPOOLED => 'spooled',
            },
            $functions->tpc_report_event_id($report),
            $functions->tpc_report_http_status($report),
            $functions->tpc_report_attempts($report),
            $functions->tpc_report_code($report),
            $functions->tpc_report_message($report),
            $functions->tpc_report_details($report),
            $functions->tpc_report_received_at($report),
        );
    }
}
