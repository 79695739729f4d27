<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** An option is unknown, or its value is none that it takes; no credential counts as one. */
final class OptionException extends TpcException
{
}
