<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Exception;

/** An option is unknown, its value is not accepted, or no credential is set. */
final class OptionException extends TpcException
{
    /**
     * Whether it is the machine's settings that are at fault, and not the program: no credential is set, or a variable of the
     * environment has a value that is not accepted.
     *
     * @internal
     */
    public function isOfTheMachine(): bool
    {
        return str_starts_with($this->reason, 'no credential is set')
            || str_starts_with($this->field, 'TPC_') || str_starts_with($this->field, 'THE_PROMPTING_COMPANY_');
    }
}
