<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Laravel;

use Illuminate\Routing\Router;
use Illuminate\Support\ServiceProvider as LaravelServiceProvider;

/** Adds the middleware to the group `web`. Laravel's package discovery finds it; nothing is registered by hand. */
final class ServiceProvider extends LaravelServiceProvider
{
    private const CONFIGURATION = __DIR__ . '/../../config/tpc.php';

    public function register(): void
    {
        $this->mergeConfigFrom(self::CONFIGURATION, 'tpc');
    }

    public function boot(Router $router): void
    {
        $this->publishes([self::CONFIGURATION => $this->app->configPath('tpc.php')], 'tpc-config');
        $router->pushMiddlewareToGroup('web', TrackPageVisits::class);
    }
}
