<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** The queue holds as much as it may; the event was not taken. */
final class QueueFullException extends TpcException
{
}
