<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

use FFI;
use RuntimeException;

/**
 * Any failure of this package. getMessage() is the field, a colon and the reason. getCode() is the number of the status in
 * tpc.h, since a PHP exception's code can only be a number; $status is its name.
 */
class TpcException extends RuntimeException
{
    /**
     * @param string $status such as "TPC_ERROR_INVALID_EVENT"
     * @param string $field an option's name, or a JSON pointer into the event such as "/page/href"; may be empty
     * @param string $reason what was found and what is accepted; it never contains the value
     */
    final public function __construct(
        public readonly string $status,
        public readonly string $field,
        public readonly string $reason,
        int $code = 0,
    ) {
        parent::__construct($field === '' ? $reason : "$field: $reason", $code);
    }

    /**
     * The exception for what a call returned.
     *
     * @internal
     * @param FFI\CData|null $error the tpc_error that the call filled in, if it takes one
     */
    public static function from(FFI $functions, int $code, ?FFI\CData $error = null): self
    {
        $status = $functions->tpc_status_name($code);
        $class = match ($code) {
            $functions->TPC_ERROR_INVALID_OPTION => OptionException::class,
            $functions->TPC_ERROR_INVALID_EVENT,
            $functions->TPC_ERROR_INVALID_JSON,
            $functions->TPC_ERROR_TOO_LARGE => ValidationException::class,
            $functions->TPC_ERROR_QUEUE_FULL => QueueFullException::class,
            $functions->TPC_ERROR_CLOSED => ClosedException::class,
            default => self::class,
        };
        $reason = $error === null ? "the library answered $status" : FFI::string($error->message);
        return new $class($status, $error === null ? '' : FFI::string($error->field), $reason, $code);
    }
}
