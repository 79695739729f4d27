<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Laravel;

use Closure;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Http\Request;
use Symfony\Component\HttpFoundation\Response;
use Tpc\Web\PageVisits;
use Tpc\Web\WebRequest;

/** Tracks each page visit in terminate(), which Laravel calls after sending the response. */
final class TrackPageVisits
{
    private static ?Closure $describe = null;

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

    public function handle(Request $request, Closure $next): mixed
    {
        return $next($request);
    }

    public function terminate(Request $request, Response $response): void
    {
        $describe = self::$describe;
        PageVisits::track(
            $this->config->get('tpc', []),
            static fn (): array => WebRequest::fromServer(
                $request->server->all(),
                $response->getStatusCode(),
                $response->headers->get('Content-Type'),
                // By Laravel's own list of trusted proxies.
                $request->ip(),
            ),
            $describe === null ? null : static fn (): array|false|null => $describe($request, $response),
        );
    }
}
