<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Symfony;

use Closure;
use SensitiveParameter;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\Event\ResponseEvent;
use Symfony\Component\HttpKernel\Event\TerminateEvent;
use Symfony\Component\HttpKernel\KernelEvents;
use Tpc\Options;
use Tpc\Web\CountedRequest;
use Tpc\Web\FoundationRequest;
use Tpc\Web\OptionVariables;
use Tpc\Web\PageVisits;

/** Tracks each page visit on kernel.terminate, which comes after the response was sent. */
final class TrackPageVisits
{
    /** Before anything of the application can answer, and after everything that changes the response. */
    public const EVENTS = [
        KernelEvents::REQUEST => ['onRequest', 4096],
        KernelEvents::RESPONSE => ['onResponse', -4096],
        KernelEvents::TERMINATE => ['onTerminate', 0],
    ];
    private const VISIT = 'tpc.tracked';
    private const RESPONSE = 'tpc.response';

    /**
     * @param array<string, mixed> $options
     * @param (Closure(): (callable(Request, Response): (array|false|null)))|null $describe returns the application's service
     * @param (Closure(): (callable(array): (array|false|null)))|null $beforeSend returns the application's service
     */
    public function __construct(
        #[SensitiveParameter] private array $options,
        private ?Closure $describe,
        private ?Closure $beforeSend,
    ) {
    }

    /** What a debugger shows: no credentials. */
    public function __debugInfo(): array
    {
        return ['options' => array_diff_key($this->options, Options::SECRETS)];
    }

    public function onRequest(RequestEvent $event): void
    {
        if ($event->isMainRequest()) {
            $this->begin($event->getRequest());
        }
    }

    public function onResponse(ResponseEvent $event): void
    {
        if ($event->isMainRequest()) {
            $event->getRequest()->attributes->set(self::RESPONSE, $event->getResponse());
        }
    }

    public function onTerminate(TerminateEvent $event): void
    {
        $request = $event->getRequest();
        $request->attributes->set(self::RESPONSE, $event->getResponse());
        // What Symfony's own cache answered was never a request of the kernel's.
        $this->begin($request)?->end();
    }

    /** Returns this request's visit, or null when it is a part of another one. */
    private function begin(Request $request): ?CountedRequest
    {
        if (!$request->attributes->has(self::VISIT)) {
            $visit = CountedRequest::begin(fn () => $this->track($request));
            $request->attributes->set(self::VISIT, $visit ?? false);
        }
        return $request->attributes->get(self::VISIT) ?: null;
    }

    private function track(Request $request): void
    {
        [$describe, $beforeSend] = [$this->describe, $this->beforeSend];
        $response = $request->attributes->get(self::RESPONSE);
        PageVisits::record(
            OptionVariables::complete($this->options),
            static fn (): array => FoundationRequest::read($request, $response),
            $describe === null ? null : static fn (): array|false|null => $describe()(
                $request,
                $response ?? new Response('', CountedRequest::status(null) ?? 200),
            ),
            $beforeSend === null ? null : static fn (array $event): array|false|null => $beforeSend()($event),
        );
    }
}
