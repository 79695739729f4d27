<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use SensitiveParameter;
use Throwable;
use Tpc\Client;
use Tpc\Exception\OptionException;
use Tpc\Options;

/**
 * Tracks a web application's page visits with the process's shared client; no failure ever reaches the page.
 *
 * @phpstan-import-type TpcOptions from Options
 */
final class PageVisits
{
    /**
     * Tracks this request once the script has ended; for plain PHP. Where one script answers many requests, as in FrankenPHP's
     * worker mode, call track() for each instead.
     *
     * @param TpcOptions $options
     * @param (callable(): (array|false|null))|null $describe returns what to add to the event, in the contract's shape, or false
     *     to leave the visit out; it is called when the page is done, so that it can know its title or the user's plan
     * @param (callable(array): (array|false|null))|null $beforeSend takes the whole event and returns the one to send, or null to
     *     leave the visit out
     * @throws OptionException when an option does not exist or its value is not accepted
     */
    public static function trackAtShutdown(
        #[SensitiveParameter] array $options = [], ?callable $describe = null, ?callable $beforeSend = null
    ): void {
        if (isset($_SERVER['FRANKENPHP_WORKER'])) {
            FailureLog::write('worker', 'trackAtShutdown tracks one visit for each script, and a worker is one script for many '
                . 'requests; call Tpc\Web\PageVisits::track for each request instead');
            return;
        }
        if (CountedRequest::hasBegun()) {
            return;
        }
        self::check($options);
        CountedRequest::beginScript(static function () use ($options, $describe, $beforeSend): void {
            if (!isset($_SERVER['REQUEST_METHOD'])) {
                return;
            }
            $status = http_response_code();
            $read = static fn () => WebRequest::fromServer($_SERVER, $status ?: null, WebRequest::sentContentType());
            self::record($options, $read, $describe, $beforeSend);
        });
    }

    /**
     * Tracks one request that was answered; for workers that answer many, and for middleware of one's own. A request that
     * trackAtShutdown or this package's middleware counts is not counted again.
     *
     * @param TpcOptions $options
     * @param callable(): array $read returns what Client::trackRequest takes; Tpc\Web\WebRequest makes it
     * @param (callable(): (array|false|null))|null $describe returns what to add to the event, or false to leave the visit out
     * @param (callable(array): (array|false|null))|null $beforeSend takes the whole event and returns the one to send, or null to
     *     leave the visit out
     */
    public static function track(
        #[SensitiveParameter] array $options, callable $read, ?callable $describe = null, ?callable $beforeSend = null
    ): void {
        if (!CountedRequest::hasBegun()) {
            self::record($options, $read, $describe, $beforeSend);
        }
    }

    /**
     * Checks the options before the first visit. A missing key, or a library that does not load, is logged once: the pages then
     * work as without this package. So is a bad value in the environment, which may differ from machine to machine.
     *
     * @param TpcOptions $options
     * @throws OptionException when an option that is given does not exist or its value is not accepted
     */
    public static function check(#[SensitiveParameter] array $options): void
    {
        try {
            // The process's client outlives the request, so that this costs what the first visit would cost anyway.
            Client::shared($options);
        } catch (OptionException $failure) {
            if (!$failure->isOfTheMachine()) {
                throw $failure;
            }
            FailureLog::log($failure);
        } catch (Throwable $failure) {
            FailureLog::log($failure);
        }
    }

    /** @internal tracks the request that a CountedRequest ends */
    public static function record(
        #[SensitiveParameter] array $options, callable $read, ?callable $describe, ?callable $beforeSend
    ): void {
        try {
            $request = $read();
            $added = $describe === null ? null : $describe();
            if ($added === null && $beforeSend === null) {
                $client = Client::shared($options);
                $client->trackRequest($request);
                $client->passLogLines();
            } elseif ($added !== false) {
                (new Visit($options, $request, $added))->track($beforeSend);
            }
        } catch (Throwable $failure) {
            FailureLog::log($failure);
        }
    }
}
