<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Generator;
use LogicException;
use SensitiveParameter;
use Tpc\Exception\ClosedException;
use Tpc\Exception\TpcException;

/**
 * Queues page visits and delivers them in the background, from a thread of the process that outlives the request. Only
 * flush, close and reports wait for the network, and at most for the given time.
 *
 * Options have the library's names: ['api_key' => '…', 'queue_max_events' => 50000]. An option that is null or not given is
 * read from the environment (TPC_API_KEY and so on), else has its default.
 *
 * @phpstan-import-type TpcOptions from Options
 */
final class Client
{
    use ClientInternals;

    public const VERSION = '0.1.0';
    /**
     * How long, in milliseconds, the process's end waits for what is queued, unless the option exit_timeout_ms says otherwise.
     */
    public const EXIT_TIMEOUT_MS = 2000;

    /** After how many events the library's log lines are looked for, in a script that calls nothing but track(). */
    private const EVENTS_BETWEEN_LOOKS = 256;

    /**
     * Creates a client of this script's own. When it is destroyed, with the script or since nothing refers to it any more,
     * what is queued is still delivered, and the process's end waits for it; close() waits, and returns how many events are
     * left. Web requests use shared() instead.
     *
     * @param TpcOptions $options
     * @param bool $isShared only for shared()
     * @throws TpcException
     */
    public function __construct(#[SensitiveParameter] array $options = [], bool $isShared = false)
    {
        $this->options = array_diff_key($options, Options::SECRETS);
        if (($functions = Library::available()) === null) {
            self::$instead ??= Idle::because((string) Library::unsupported());
            return;
        }
        $this->functions = $functions;
        $this->error = $this->functions->new('tpc_error');
        $this->errorAddress = FFI::addr($this->error);
        $this->leftOut = $this->functions->new('const char *[1]');
        $options = self::$instead?->options($options) ?? $options;
        $this->isShared = $isShared && self::$instead === null;
        $made = Options::make($this->functions, $options, $this->error);
        $client = $this->functions->new('tpc_client *');
        $address = FFI::addr($client);
        $code = $this->isShared
            ? $this->functions->tpc_client_shared($made, $address, $this->errorAddress)
            : $this->functions->tpc_client_new($made, $address, $this->errorAddress);
        $this->functions->tpc_options_free($made);
        $this->check($code);
        $this->client = $client;
        $this->isOpen = true;
        AtShutdown::watch($this->isShared ? null : $this);
    }

    /**
     * Returns a client that the process shares: the one of the name in the option `name`; without a name, the one whose options
     * do not contradict these. The first request that asks for it creates it. It is not closed at the end of a request.
     *
     * @param TpcOptions $options
     * @throws TpcException
     */
    public static function shared(#[SensitiveParameter] array $options = []): self
    {
        return SharedClients::find($options);
    }

    /**
     * Checks what creating a client with these options and the environment would check, without creating one: for a
     * server's test of its configuration.
     *
     * @param TpcOptions $options
     * @throws TpcException
     */
    public static function validateOptions(#[SensitiveParameter] array $options = []): void
    {
        Options::validate($options);
    }

    public function __destruct()
    {
        if (!$this->isShared) {
            $this->release();
        }
    }

    /** @internal gives the client up: what is queued is still delivered, and then its thread ends */
    public function release(): void
    {
        if ($this->isOpen) {
            $this->isOpen = false;
            $this->functions->tpc_client_release($this->client);
        }
    }

    /** A client has one owner: a copy's end would be the original's. */
    private function __clone()
    {
    }

    /** What a debugger shows: no memory of the library's. */
    public function __debugInfo(): array
    {
        return ['options' => $this->options, 'isOpen' => $this->isOpen];
    }

    public function __serialize(): array
    {
        throw new LogicException('a Tpc\Client cannot be serialized; make one of the same options where it is needed');
    }

    public function __unserialize(array $data): void
    {
        throw new LogicException('a Tpc\Client cannot be unserialized; make one with new, or Tpc\Client::shared()');
    }

    /**
     * Queues one event of the contract's shape: ['page' => ['href' => 'https://…'], 'properties' => ['plan' => 'pro']].
     * Only page.href is required. occurredAt may be a DateTimeInterface. Where the contract has an object, an array is sent
     * as an object, whatever its keys; null is sent as null, and what is absent stays absent or is filled in by the library.
     *
     * @throws TpcException
     */
    public function track(array $event): void
    {
        // The hot path: one text, one foreign call, and no other call in between.
        $text = Json::event($event);
        if (self::$instead !== null) {
            self::$instead->track($this, $text);
            return;
        }
        $code = $this->functions->tpc_client_track_json($this->client, $text, \strlen($text), $this->errorAddress);
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $this->error);
        }
        if (--$this->eventsToLook === 0) {
            $this->eventsToLook = self::EVENTS_BETWEEN_LOOKS;
            LogLines::pass($this->functions);
        }
    }

    /**
     * Queues one event that is JSON already; "event" is required in it.
     *
     * @throws TpcException
     */
    public function trackJson(string $text): void
    {
        if (self::$instead !== null) {
            self::$instead->track($this, $text);
            return;
        }
        $this->check($this->functions->tpc_client_track_json(
            $this->client, $text, strlen($text), $this->errorAddress
        ));
    }

    /**
     * Queues the page visit of a web request, if it is one by the library's rules. Tpc\Web\WebRequest makes the array.
     *
     * @param array{method: string, target: string, host?: string, scheme?: string, remoteAddress?: string, clientAddress?: string,
     *     status?: int, contentType?: string, headers?: array<string, string|list<string>>, event?: array} $request the peer of a
     *     Unix socket is "unix:"; clientAddress is the visitor's, if the server itself found it
     * @return string|null null when the visit was tracked, else the name of the rule that left it out: "method", "status",
     *     "destination", "prefetch", "content_type", "asset", "machine_file", "path", "health_check", "local_host",
     *     "privacy_signal", "not_ai_agent" or "not_ai"
     * @throws TpcException
     */
    public function trackRequest(array $request): ?string
    {
        $text = Json::request($request);
        if (self::$instead !== null) {
            return self::$instead->trackRequest($this, $text);
        }
        $code = $this->functions->tpc_client_track_request(
            $this->client, $text, \strlen($text), $this->leftOut, $this->errorAddress
        );
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $this->error);
        }
        return $this->leftOut[0];
    }

    /**
     * Waits until every event queued so far has ended; events that wait for a retry are tried at once.
     *
     * @return int how many are not answered for when the time is up
     * @throws TpcException
     */
    public function flush(int $timeoutMs): int
    {
        return $this->wait('tpc_client_flush', $timeoutMs);
    }

    /**
     * Closes the client: takes no more events and waits for those that are queued. To close it again does nothing.
     *
     * @return int how many events ended undelivered because of that; those left in spool_directory are not among them
     * @throws TpcException
     */
    public function close(int $timeoutMs): int
    {
        try {
            return $this->wait('tpc_client_close', $timeoutMs);
        } catch (ClosedException) {
            return 0;
        } finally {
            $this->isOpen = $this->isOpen && $timeoutMs < 0;
        }
    }

    /**
     * Returns the counters of tpc_stats by their names. At every moment accepted + adopted = delivered + rejected + expired +
     * abandoned + pending + spooled; without spool_directory, adopted and spooled are 0.
     *
     * @return array<string, int>
     * @throws TpcException
     */
    public function stats(): array
    {
        if (!$this->hasLibrary()) {
            return Idle::stats();
        }
        $stats = $this->functions->new('tpc_stats');
        $this->check($this->functions->tpc_client_stats($this->client, FFI::addr($stats), FFI::sizeof($stats)), false);
        $counters = [];
        foreach (FFI::typeof($stats)->getStructFieldNames() as $name) {
            $counters[$name] = $stats->$name;
        }
        unset($counters['size']);
        LogLines::pass($this->functions);
        return $counters;
    }

    /**
     * Takes the reports that are available, oldest first, and waits up to $timeoutMs for each further one. Reports are kept
     * only when the option report_capacity is above 0.
     *
     * @return Generator<int, Report>
     * @throws TpcException
     */
    public function reports(int $timeoutMs = 0): Generator
    {
        if ($this->hasLibrary()) {
            yield from Report::all($this->functions, $this->client, self::accepted($timeoutMs));
        }
    }
}
