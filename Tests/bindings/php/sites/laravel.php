<?php
// SPDX-License-Identifier: Apache-2.0

// The front controller of a Laravel application, as small as one can be: it lies in public/ of a project that requires the
// package, and mentions it only to say what to add to an event.
declare(strict_types=1);

use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Http\Kernel as KernelContract;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Exceptions\Handler;
use Illuminate\Foundation\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Tpc\Laravel\TrackPageVisits;

require dirname(__DIR__) . '/vendor/autoload.php';
require 'Illuminate/autoload.php';

final class SiteKernel extends Kernel
{
    protected $middlewareGroups = ['web' => []];
}

$app = new Application(dirname(__DIR__));
$app->singleton(KernelContract::class, SiteKernel::class);
$app->singleton(ExceptionHandler::class, Handler::class);
$app->booted(static function (Application $app): void {
    $app['router']->group(['middleware' => 'web'], static function ($router): void {
        $router->get('/articles/{name}', static fn (string $name) => "article $name");
        $router->get('/gone', static fn () => new Response('gone', 404));
    });
    // Waits, for at most ten seconds, until the test has the page.
    TrackPageVisits::describeUsing(static function (Request $request) use ($app): array|false {
        if ($request->query('consent') === 'no') {
            return false;
        }
        $isPageThere = $app->basePath('page-is-there');
        for ($i = 0; $i < 1000 && !file_exists($isPageThere); $i++) {
            usleep(10000);
        }
        return ['sessionId' => 'session-1', 'properties' => ['afterThePage' => file_exists($isPageThere)]];
    });
});

$kernel = $app->make(KernelContract::class);
$request = Request::capture();
$response = $kernel->handle($request);
$response->send();
$kernel->terminate($request, $response);
