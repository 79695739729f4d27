<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Psr15;

use Closure;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Tpc\Web\PageVisits;
use Tpc\Web\WebRequest;

/** Tracks each page visit once its response exists. Put it outermost, so that it sees the request as it was received. */
final class TrackPageVisits implements MiddlewareInterface
{
    private ?Closure $describe;

    /**
     * @param array<string, scalar|list<string>|null> $options the options of the shared client
     * @param (callable(ServerRequestInterface, ResponseInterface): (array|false|null))|null $describe returns what to add to the event,
     *     or false to leave the visit out, in the contract's shape: ['sessionId' => '…', 'page' => ['title' => '…'], 'properties' => ['plan' => 'pro']]
     */
    public function __construct(private array $options = [], ?callable $describe = null)
    {
        $this->describe = $describe === null ? null : $describe(...);
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $response = $handler->handle($request);
        $describe = $this->describe;
        PageVisits::track(
            $this->options,
            static fn (): array => WebRequest::fromPsr7(
                $request,
                $response->getStatusCode(),
                $response->getHeaderLine('Content-Type') ?: null,
            ),
            $describe === null ? null : static fn (): array|false|null => $describe($request, $response),
        );
        return $response;
    }
}
