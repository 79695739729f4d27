<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use SensitiveParameter;
use Tpc\Exception\TpcException;

/**
 * Takes what clients track, in place of the library's queue.
 *
 * @internal
 */
interface Intake
{
    /**
     * @param array<string, mixed> $given
     * @return array<string, mixed> the options of a client that is made now
     */
    public function options(#[SensitiveParameter] array $given): array;

    /**
     * Takes an event, as JSON.
     *
     * @throws TpcException what the library would throw
     */
    public function track(Client $client, string $event): void;

    /**
     * Takes a request, as JSON.
     *
     * @return string|null the name of the rule that left it out
     * @throws TpcException what the library would throw
     */
    public function trackRequest(Client $client, string $request): ?string;
}
