<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/**
 * The shared library cannot be used: FFI is forbidden or missing, or the library does not load. $status is
 * "TPC_ERROR_SYSTEM", as for everything else that the system refuses.
 */
final class LibraryException extends TpcException
{
    public static function because(string $reason): self
    {
        return new self('TPC_ERROR_SYSTEM', '', $reason, -11);
    }
}
