<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace App;

use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Support\ServiceProvider;
use Symfony\Component\HttpFoundation\StreamedResponse;
use Tpc\Laravel\TrackPageVisits;

final class Provider extends ServiceProvider
{
    public function boot(): void
    {
        $this->app['router']->group(['middleware' => 'web'], $this->pages(...));
        // Waits, for at most ten seconds, until the test has the page.
        TrackPageVisits::describeUsing(function (Request $request): array|false {
            if ($request->query('consent') === 'no') {
                return false;
            }
            $isPageThere = $this->app->basePath('page-is-there');
            for ($i = 0; $i < 1000 && !file_exists($isPageThere); $i++) {
                usleep(10000);
            }
            return ['sessionId' => 'session-1', 'properties' => ['afterThePage' => file_exists($isPageThere)]];
        });
        if (env('BEFORE_SEND')) {
            TrackPageVisits::beforeSendUsing(static fn (array $event): ?array => str_contains($event['page']['href'], 'drop')
                ? null
                : array_replace_recursive($event, ['properties' => ['seen' => true]]));
        }
    }

    private function pages($router): void
    {
        $router->get('/articles/{name}', static fn (string $name) => "article $name");
        $router->get('/gone', static fn () => new Response('gone', 404));
        // Counted once all the same.
        $router->get('/thrice', static fn () => 'thrice')->middleware(TrackPageVisits::class);
        $inner = 'http://example.com/articles/inner';
        $router->get('/asks-itself', fn () => $this->app[Kernel::class]->handle(Request::create($inner)));
        $router->get('/answered/{number}', static function (Request $request): StreamedResponse {
            $request->attributes->set('steps', $steps = new \Steps($request->path()));
            if ($steps->status === null) {
                $steps->play();
            }
            return response()->stream($steps->play(...), $steps->status);
        });
    }
}
