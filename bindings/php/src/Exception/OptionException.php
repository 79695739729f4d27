<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** An option is unknown, its value is not accepted, or no credential is set. */
final class OptionException extends TpcException
{
}
