<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Throwable;
use Tpc\Client;

/** Tracks the requests of a web application through the process's shared client, and never lets a failure reach the page. */
final class PageVisits
{
    /**
     * For plain PHP: tracks this request once the script has ended.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @param (callable(): ?array)|null $describe what to add to the event, in the contract's shape: asked when the page is
     *     done, so that it can tell a title or a user's plan
     */
    public static function trackAtShutdown(array $options = [], ?callable $describe = null): void
    {
        register_shutdown_function(static function () use ($options, $describe): void {
            $status = http_response_code();
            self::track($options, static fn () => WebRequest::fromServer($_SERVER, $status ?: null), $describe);
        });
    }

    /**
     * @internal what the adapters share
     * @param callable(): array $request gives what Client::trackRequest takes
     * @param (callable(): ?array)|null $describe gives what to add to the event
     */
    public static function track(array $options, callable $request, ?callable $describe): void
    {
        try {
            $visit = $request();
            $event = $describe === null ? null : $describe();
            Client::shared($options)->trackRequest($event === null ? $visit : $visit + ['event' => $event]);
        } catch (Throwable $failure) {
            FailureLog::tell($failure);
        }
    }
}
