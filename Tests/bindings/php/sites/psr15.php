<?php
// SPDX-License-Identifier: Apache-2.0

// Hands requests to the PSR-15 middleware and prints what it answered, as JSON. Arguments: the package, then a request each,
// as JSON: [method, uri, headers, status, server parameters].
declare(strict_types=1);

use Nyholm\Psr7\Response;
use Nyholm\Psr7\ServerRequest;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Tpc\Client;
use Tpc\Psr15\TrackPageVisits;

require $argv[1] . '/autoload.php';
require 'Nyholm/Psr7/autoload.php';

final class Site implements RequestHandlerInterface
{
    public function __construct(private int $status)
    {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        return new Response($this->status, [], "page {$request->getUri()->getPath()}");
    }
}

$_ENV += json_decode(getenv('DOTENV') ?: '{}', true);
$options = json_decode(getenv('SITE_OPTIONS') ?: '{}', true);
$middleware = new TrackPageVisits($options, static fn (ServerRequestInterface $request): array|false|null =>
    match ($plan = $request->getHeaderLine('X-Plan')) {
        '' => null,
        'none' => false,
        'broken' => throw new RuntimeException('of visitor 7'),
        'NAN' => ['properties' => ['plan' => NAN]],
        default => ['properties' => ['plan' => $plan]],
    },
    getenv('BEFORE_SEND') === false ? null : static fn (array $event): ?array => str_contains($event['page']['href'], 'drop')
        ? null
        : array_replace_recursive($event, ['properties' => ['seen' => true]]));
final class Twice implements RequestHandlerInterface
{
    public function __construct(private TrackPageVisits $middleware, private RequestHandlerInterface $next)
    {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        return $this->middleware->process($request, $this->next);
    }
}

foreach (array_slice($argv, 2) as $text) {
    [$method, $uri, $headers, $status, $server] = json_decode($text, true);
    $request = new ServerRequest($method, $uri, $headers, null, '1.1', $server);
    $site = new Site($status);
    $response = $middleware->process($request, getenv('TWICE') === false ? $site : new Twice(new TrackPageVisits(), $site));
    echo json_encode([$response->getStatusCode(), (string) $response->getBody()]), "\n";
}
