<?php
// SPDX-License-Identifier: Apache-2.0

// A PSR-15 application behind a web server, with a dispatcher and an emitter as Slim and Mezzio have them.
declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\Response;
use Nyholm\Psr7\ServerRequest;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Tpc\Psr15\TrackPageVisits;

require getenv('PACKAGE') . '/autoload.php';
require 'Nyholm/Psr7/autoload.php';
require __DIR__ . '/steps.php';

/** Calls one middleware after the other. */
final class Dispatcher implements RequestHandlerInterface
{
    /** @param list<MiddlewareInterface|Closure> $layers */
    public function __construct(private array $layers)
    {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $layer = $this->layers[0];
        $next = new self(array_slice($this->layers, 1));
        return $layer instanceof MiddlewareInterface ? $layer->process($request, $next) : $layer($request, $next);
    }
}

function emit(ResponseInterface $response, Closure $body): void
{
    http_response_code($response->getStatusCode());
    foreach ($response->getHeaders() as $name => $values) {
        header("$name: " . implode(', ', $values));
    }
    echo $response->getBody();
    $body();
}

$body = static fn () => null;
$application = new Dispatcher([
    new TrackPageVisits(),
    static function (ServerRequestInterface $request, RequestHandlerInterface $next): ResponseInterface {
        $response = $next->handle($request);
        $steps = $request->getAttribute('steps');
        return $steps?->instead === null ? $response : $response->withStatus($steps->instead);
    },
    // Added twice, as a group's and a route's.
    new TrackPageVisits(),
    static function (ServerRequestInterface $request) use (&$body): ResponseInterface {
        $path = $request->getUri()->getPath();
        if ($path === '/asks-itself') {
            $own = new Dispatcher([new TrackPageVisits(), static fn () => new Response(200, [], 'inner')]);
            return $own->handle(new ServerRequest('GET', 'http://example.com/inner'));
        }
        if (($steps = $request->getAttribute('steps')) === null) {
            return new Response(200, ['Content-Type' => 'text/html'], "page $path");
        }
        if ($steps->status === null) {
            $steps->play();
        }
        $body = $steps->play(...);
        return new Response($steps->status);
    },
]);
$path = $_SERVER['REQUEST_URI'];
$uri = (new Psr17Factory())->createUri("http://{$_SERVER['HTTP_HOST']}$path");
$request = new ServerRequest('GET', $uri, [], null, '1.1', $_SERVER);
$request = str_starts_with($path, '/answered/') ? $request->withAttribute('steps', new Steps($path)) : $request;
emit($application->handle($request), static fn () => $body());
