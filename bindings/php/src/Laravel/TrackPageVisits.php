<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Laravel;

use Closure;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Http\Request;
use Symfony\Component\HttpFoundation\Response;
use Tpc\Web\CountedRequest;
use Tpc\Web\FoundationRequest;
use Tpc\Web\PageVisits;

/** Tracks each page visit in terminate(), which Laravel calls after sending the response, and once however often it is added. */
final class TrackPageVisits
{
    private const VISIT = 'tpc.tracked';

    private static ?Closure $describe = null;
    private static ?Closure $beforeSend = null;

    public function __construct(private Repository $config)
    {
    }

    /**
     * Sets the function that returns what to add to the event, in the contract's shape, or false to leave the visit out. Call this
     * in a provider's boot().
     *
     * @param (callable(Request, Response): (array|false|null))|null $describe
     */
    public static function describeUsing(?callable $describe): void
    {
        self::$describe = $describe === null ? null : $describe(...);
    }

    /**
     * Sets the function that gets each whole event, in the contract's shape, and returns the event to send, or null or false to
     * send none. Call this in a provider's boot().
     *
     * @param (callable(array): (array|false|null))|null $beforeSend
     */
    public static function beforeSendUsing(?callable $beforeSend): void
    {
        self::$beforeSend = $beforeSend === null ? null : $beforeSend(...);
    }

    public function handle(Request $request, Closure $next): mixed
    {
        $answer = null;
        if (!$request->attributes->has(self::VISIT)) {
            $visit = CountedRequest::begin(function () use ($request, &$answer): void {
                $this->track($request, $answer);
            });
            $request->attributes->set(self::VISIT, $visit ?? false);
        }
        return $answer = $next($request);
    }

    public function terminate(Request $request, Response $response): void
    {
        $visit = $request->attributes->get(self::VISIT);
        if ($visit instanceof CountedRequest) {
            $visit->end();
        }
    }

    private function track(Request $request, ?Response $response): void
    {
        $describe = self::$describe;
        PageVisits::record(
            ServiceProvider::options($this->config),
            static fn (): array => FoundationRequest::read($request, $response),
            $describe === null ? null : static fn (): array|false|null => $describe(
                $request,
                $response ?? new Response('', CountedRequest::status(null) ?? 200),
            ),
            self::$beforeSend,
        );
    }
}
