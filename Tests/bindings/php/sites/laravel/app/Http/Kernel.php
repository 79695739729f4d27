<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace App\Http;

use Illuminate\Foundation\Http\Kernel as HttpKernel;
use Tpc\Laravel\TrackPageVisits;

final class Kernel extends HttpKernel
{
    protected $middleware = [TrustProxies::class, TrackPageVisits::class, Instead::class];
    protected $middlewareGroups = ['web' => []];
}

final class TrustProxies extends \Illuminate\Http\Middleware\TrustProxies
{
    protected $proxies = ['10.0.0.0/8', 'REMOTE_ADDR'];

    public function handle($request, \Closure $next)
    {
        if ($request->is('articles/proxied*')) {
            return parent::handle($request, $next);
        }
        $request::setTrustedProxies([], -1);
        return $next($request);
    }
}

/** Announces another status than the application. */
final class Instead
{
    public function handle($request, \Closure $next): mixed
    {
        $response = $next($request);
        $steps = $request->attributes->get('steps');
        return $steps?->instead === null ? $response : $response->setStatusCode($steps->instead);
    }
}
