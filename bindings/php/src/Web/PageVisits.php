<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Throwable;
use Tpc\Client;
use Tpc\Exception\LibraryException;
use Tpc\Exception\OptionException;

/** Tracks a web application's page visits with the process's shared client; no failure ever reaches the page. */
final class PageVisits
{
    /**
     * Tracks this request once the script has ended; for plain PHP.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @param (callable(): (array|false|null))|null $describe returns what to add to the event, in the contract's shape, or false
     *     to leave the visit out; it is called when the page is done, so that it can know its title or the user's plan
     */
    public static function trackAtShutdown(array $options = [], ?callable $describe = null, ?callable $beforeSend = null): void
    {
        register_shutdown_function(static function () use ($options, $describe, $beforeSend): void {
            $status = http_response_code();
            $read = static fn () => WebRequest::fromServer($_SERVER, $status ?: null, WebRequest::sentContentType());
            // JSON would have an empty object for a generator or a closure, and withhold nothing.
            self::track($options, $read, $describe === null ? null : static fn (): array|false|null => $describe(), $beforeSend);
        });
    }

    /**
     * Tracks one request; what all middleware shares.
     *
     * @internal
     * @param callable(): array $read returns what Client::trackRequest takes
     * @param (callable(): (array|false|null))|null $describe returns what to add to the event, or false to leave the visit out
     */
    public static function track(array $options, callable $read, ?callable $describe, ?callable $beforeSend = null): void
    {
        try {
            $request = $read();
            $event = $describe === null ? null : $describe();
            if ($event === false) {
                return;
            }
            $request = $event === null ? $request : $request + ['event' => $event];
            if ($beforeSend === null) {
                Client::shared($options)->trackRequest($request);
                return;
            }
            $event = $beforeSend(['page' => ['href' => "{$request['scheme']}://{$request['host']}{$request['target']}"]] + ($event ?: []));
            if (is_array($event)) {
                Client::shared($options)->track($event);
            }
        } catch (Throwable $failure) {
            FailureLog::log($failure);
        }
    }

    /** @throws OptionException when a name or a value is not accepted */
    public static function check(array $options): void
    {
        try {
            Client::validateOptions($options);
        } catch (OptionException $failure) {
            if (!str_contains($failure->getMessage(), 'no credential')) {
                throw $failure;
            }
            FailureLog::log($failure);
        } catch (LibraryException $failure) {
            FailureLog::log($failure);
        }
    }
}
