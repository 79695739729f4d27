<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** The queue is full: the event was not queued. */
final class QueueFullException extends TpcException
{
}
