<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Laravel;

use Illuminate\Contracts\Config\Repository;
use Illuminate\Routing\Router;
use Illuminate\Support\ServiceProvider as LaravelServiceProvider;
use Tpc\Exception\OptionException;
use Tpc\Web\OptionVariables;
use Tpc\Web\PageVisits;

/** Adds the middleware to the group `web`. Laravel's package discovery finds it; nothing is registered by hand. */
final class ServiceProvider extends LaravelServiceProvider
{
    private const CONFIGURATION = __DIR__ . '/../../config/tpc.php';

    public function register(): void
    {
        $this->mergeConfigFrom(self::CONFIGURATION, 'tpc');
    }

    /** @throws OptionException when config/tpc.php has a name or a value that the library does not accept */
    public function boot(Router $router, Repository $config): void
    {
        $this->publishes([self::CONFIGURATION => $this->app->configPath('tpc.php')], 'tpc-config');
        $options = self::options($config);
        $this->app->runningInConsole() ? OptionVariables::check($options) : PageVisits::check($options);
        $router->pushMiddlewareToGroup('web', TrackPageVisits::class);
    }

    /**
     * The options that config/tpc.php sets. The others are the environment's or have their defaults.
     *
     * @internal
     * @return array<string, mixed>
     */
    public static function options(Repository $config): array
    {
        return array_filter($config->get('tpc') ?? [], static fn (mixed $value): bool => $value !== null);
    }
}
