<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Testing;

use SensitiveParameter;
use Tpc\Client;
use Tpc\Exception\LibraryException;
use Tpc\Exception\TpcException;
use Tpc\Intake;
use Tpc\Library;
use Tpc\Preview;
use WeakMap;

/**
 * Captures page visits for an application's own tests. What any client or middleware tracks between start() and stop() is kept
 * here as it would be sent, and is not sent. No server, no network and no key is needed, and pages on localhost count as well.
 *
 *     $visits = Tpc\Testing\Capture::during(fn () => $application->handle($request));
 */
final class Capture implements Intake
{
    /** Options that say where and whether a client sends: of no use, since it does not send. */
    private const SENDING = ['api_key', 'api_key_file', 'bearer_token', 'session_token', 'environment', 'proxy', 'ca_file', 'name'];
    /** With an endpoint on this machine, the pages of this machine count. */
    private const OPTIONS = ['dry_run' => true, 'enabled' => true, 'base_url' => 'http://127.0.0.1'];

    /** @var list<array<string, mixed>> */
    private array $visits = [];
    /** @var list<string> */
    private array $leftOut = [];
    /** @var WeakMap<Client, Client> clients that send nothing, by those whose events they complete */
    private WeakMap $standIns;
    private ?Intake $before = null;
    private bool $isStarted = false;

    private function __construct()
    {
        $this->standIns = new WeakMap();
    }

    /**
     * Captures from now on. Within another capture, the inner one takes all.
     *
     * @throws LibraryException when the library cannot be loaded, by whose rules the visits are made
     */
    public static function start(): self
    {
        Library::functions();
        $capture = new self();
        $capture->before = Client::redirect($capture);
        $capture->isStarted = true;
        return $capture;
    }

    /**
     * Ends the capture: what is tracked from now on is sent again.
     *
     * @return list<array<string, mixed>> the visits
     */
    public function stop(): array
    {
        if ($this->isStarted) {
            $this->isStarted = false;
            Client::redirect($this->before);
        }
        return $this->visits;
    }

    /**
     * Captures what a block tracks.
     *
     * @return list<array<string, mixed>> the visits, in the contract's shape
     * @throws LibraryException when the library cannot be loaded, by whose rules the visits are made
     */
    public static function during(callable $block): array
    {
        $capture = self::start();
        try {
            $block();
        } finally {
            $capture->stop();
        }
        return $capture->visits;
    }

    /** @return list<array<string, mixed>> the visits so far, in the contract's shape, in the order in which they were tracked */
    public function visits(): array
    {
        return $this->visits;
    }

    /** @return list<string> the name of the rule that left a request out, such as "status", for each that was */
    public function leftOut(): array
    {
        return $this->leftOut;
    }

    /** @internal */
    public function options(#[SensitiveParameter] array $given): array
    {
        return self::OPTIONS + array_diff_key($given, array_flip(self::SENDING));
    }

    /**
     * @internal
     * @throws TpcException
     */
    public function track(Client $client, string $event): void
    {
        $this->take(Preview::ofJsonAsSent($this->standIn($client), $event));
    }

    /**
     * @internal
     * @throws TpcException
     */
    public function trackRequest(Client $client, string $request): ?string
    {
        return $this->take(Preview::ofRequestAsSent($this->standIn($client), $request));
    }

    private function standIn(Client $client): Client
    {
        return $this->standIns[$client] ??= new Client($client->options());
    }

    /** @return string|null the rule that left it out */
    private function take(array|string $visit): ?string
    {
        if (is_array($visit)) {
            $this->visits[] = $visit;
            return null;
        }
        return $this->leftOut[] = $visit;
    }
}
