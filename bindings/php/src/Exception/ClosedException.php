<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** The client is closed. */
final class ClosedException extends TpcException
{
}
