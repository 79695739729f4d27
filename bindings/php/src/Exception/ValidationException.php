<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** The contract refuses the event, the text is not JSON, or a limit is exceeded: $field points at what is wrong. */
final class ValidationException extends TpcException
{
}
