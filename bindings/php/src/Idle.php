<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use SensitiveParameter;
use Tpc\Web\FailureLog;

/**
 * Takes events where there can be no library, such as on a developer's Mac: everything works, and nothing is tracked. That is
 * logged once.
 *
 * @internal
 */
final class Idle implements Intake
{
    private function __construct()
    {
    }

    public static function because(string $reason): self
    {
        FailureLog::write('no library', "nothing is tracked on this machine: $reason");
        return new self();
    }

    public function options(#[SensitiveParameter] array $given): array
    {
        return $given;
    }

    public function track(Client $client, string $event): void
    {
    }

    public function trackRequest(Client $client, string $request): ?string
    {
        return null;
    }

    /** @return array<string, int> every counter, at zero */
    public static function stats(): array
    {
        preg_match('/struct tpc_stats \{(.*?)\}/s', Library::declarations(), $struct);
        preg_match_all('/uint64_t (\w+);/', $struct[1], $names);
        return array_fill_keys(array_slice($names[1], 1), 0);
    }
}
