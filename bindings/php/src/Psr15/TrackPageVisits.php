<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Psr15;

use Closure;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;
use SensitiveParameter;
use Tpc\Exception\OptionException;
use Tpc\Options;
use Tpc\Web\CountedRequest;
use Tpc\Web\OptionVariables;
use Tpc\Web\PageVisits;
use Tpc\Web\WebRequest;

/**
 * Tracks each page visit, once however often it is added. Put it outermost, so that it sees the request as it was received.
 *
 * PSR-15 ends with the response; an emitter that nobody sees sends it. Where the script serves one request, the visit is
 * therefore tracked at the script's end, by the status that PHP sent. In a worker that serves one request after another, and on the
 * command line, it is tracked by the response, once that exists.
 */
final class TrackPageVisits implements MiddlewareInterface
{
    private const TRACKED = 'tpc.tracked';

    private ?Closure $describe;
    private ?Closure $beforeSend;

    /**
     * @param array<string, scalar|list<string>|null> $options the options of the shared client
     * @param (callable(ServerRequestInterface, ResponseInterface|null): (array|false|null))|null $describe returns what to add to
     *     the event, or false to leave the visit out, in the contract's shape: ['sessionId' => '…', 'page' => ['title' => '…'],
     *     'properties' => ['plan' => 'pro']]; there is no response where the application threw an exception
     * @param (callable(array): (array|false|null))|null $beforeSend gets each whole event, in the contract's shape, and returns
     *     the event to send, or null or false to send none
     * @throws OptionException when the library does not accept an option's name or value
     */
    public function __construct(
        #[SensitiveParameter] private array $options = [],
        ?callable $describe = null,
        ?callable $beforeSend = null,
    ) {
        $this->options = OptionVariables::complete($options);
        PageVisits::check($this->options);
        $this->describe = $describe === null ? null : $describe(...);
        $this->beforeSend = $beforeSend === null ? null : $beforeSend(...);
    }

    /** What a debugger shows: no credentials. */
    public function __debugInfo(): array
    {
        return ['options' => array_diff_key($this->options, Options::SECRETS)];
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        if ($request->getAttribute(self::TRACKED) !== null) {
            return $handler->handle($request);
        }
        $response = null;
        $visit = CountedRequest::begin(function () use ($request, &$response): void {
            $this->track($request, $response);
        });
        $response = $handler->handle($request->withAttribute(self::TRACKED, true));
        if (!CountedRequest::isTheScript()) {
            $visit?->end();
        }
        return $response;
    }

    private function track(ServerRequestInterface $request, ?ResponseInterface $response): void
    {
        $describe = $this->describe;
        PageVisits::record(
            $this->options,
            static fn (): array => WebRequest::fromPsr7(
                $request,
                CountedRequest::status($response?->getStatusCode()),
                CountedRequest::contentType($response?->getHeaderLine('Content-Type') ?: null),
            ),
            $describe === null ? null : static fn (): array|false|null => $describe($request, $response),
            $this->beforeSend,
        );
    }
}
