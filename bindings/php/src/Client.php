<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Generator;
use Tpc\Exception\TpcException;

/**
 * Queues page visits and delivers them in the background, from a thread of the process that outlives the request. No call
 * waits for the network but flush, close and reports, and these only as long as they are told to.
 *
 * Options are those of the library, by their names: ['api_key' => '…', 'queue_max_events' => 50000]. What is not given, or
 * null, comes from the environment (TPC_API_KEY and the like), else from the defaults.
 */
final class Client
{
    public const VERSION = '0.1.0';
    /**
     * How long, in milliseconds, a client that nobody closed waits for what is queued: at the process's end, unless the
     * option exit_timeout_ms says otherwise, and when nothing holds a client of a script's own any more.
     */
    public const EXIT_TIMEOUT_MS = 2000;

    /** @var array<string, self> this request's, by name */
    private static array $shared = [];

    private FFI $functions;
    private FFI\CData $client;
    private FFI\CData $error;
    private FFI\CData $errorAddress;
    private bool $isOpen = false;

    /**
     * A client of this script's own. It ends with the script, or when nothing holds it any more, and then waits up to two
     * seconds for what is queued; close() says for how long and tells what is left. A web request takes shared() instead.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @param bool $isShared what shared() calls it with
     * @throws TpcException
     */
    public function __construct(array $options = [], private bool $isShared = false)
    {
        $this->functions = Library::functions();
        $this->error = $this->functions->new('tpc_error');
        $this->errorAddress = FFI::addr($this->error);
        $made = Options::make($this->functions, $options);
        $client = $this->functions->new('tpc_client *');
        $address = FFI::addr($client);
        $code = $isShared
            ? $this->functions->tpc_client_shared($made, $address, $this->errorAddress)
            : $this->functions->tpc_client_new($made, $address, $this->errorAddress);
        $this->functions->tpc_options_free($made);
        $this->check($code);
        $this->client = $client;
        $this->isOpen = true;
    }

    /**
     * The process's one client of the name that the option `name` gives: made by the first request that asks for it, and
     * found again by the later ones, whatever their other options. It is not closed at a request's end.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @throws TpcException
     */
    public static function shared(array $options = []): self
    {
        $name = $options['name'] ?? '';
        $client = self::$shared[$name] ?? null;
        return $client !== null && $client->isOpen ? $client : self::$shared[$name] = new self($options, true);
    }

    public function __destruct()
    {
        if ($this->isOpen && !$this->isShared) {
            $this->functions->tpc_client_close($this->client, self::EXIT_TIMEOUT_MS, null);
        }
    }

    /**
     * Queues one event of the contract's shape: ['page' => ['href' => 'https://…'], 'properties' => ['plan' => 'pro']].
     * Only page.href has to be there. occurredAt may be a DateTimeInterface. An array where the contract has an object is
     * one, whatever its keys; null is sent as null, and what is absent stays absent or is filled in by the library.
     *
     * @throws TpcException
     */
    public function track(array $event): void
    {
        // The hot path: one text, one foreign call, and no call between.
        $text = Json::event($event);
        $code = $this->functions->tpc_client_track_json($this->client, $text, \strlen($text), $this->errorAddress);
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $this->error);
        }
    }

    /**
     * The same from JSON, in which "event" has to be there, too.
     *
     * @throws TpcException
     */
    public function trackJson(string $text): void
    {
        $this->check($this->functions->tpc_client_track_json(
            $this->client, $text, strlen($text), $this->errorAddress
        ));
    }

    /**
     * Queues the visit that a web request is, when the rules say that it is one. Tpc\Web\WebRequest makes the array.
     *
     * @param array{method: string, target: string, host?: string, scheme?: string, remoteAddress?: string, status?: int,
     *     headers?: array<string, string|list<string>>, event?: array} $request
     * @return string|null null when the visit was tracked, else the rule that left it out: "method", "status", "asset",
     *     "destination", "prefetch", "path" or "not_ai_agent"
     * @throws TpcException
     */
    public function trackRequest(array $request): ?string
    {
        $text = Json::request($request);
        $leftOut = $this->functions->new('const char *[1]');
        $this->check($this->functions->tpc_client_track_request(
            $this->client, $text, strlen($text), $leftOut, $this->errorAddress
        ));
        return $leftOut[0];
    }

    /**
     * Waits until every event queued so far is answered for, and tries at once what waits for a retry.
     *
     * @return int how many are not yet, when the time is up
     * @throws TpcException
     */
    public function flush(int $timeoutMs): int
    {
        return $this->wait('tpc_client_flush', $timeoutMs);
    }

    /**
     * Takes no more events and ends the client, after waiting for those that are queued.
     *
     * @return int how many ended undelivered because of it
     * @throws TpcException
     */
    public function close(int $timeoutMs): int
    {
        $left = $this->wait('tpc_client_close', $timeoutMs);
        $this->isOpen = false;
        return $left;
    }

    /**
     * The counters of tpc_stats by their names. Always accepted = delivered + rejected + expired + abandoned + pending.
     *
     * @return array<string, int>
     * @throws TpcException
     */
    public function stats(): array
    {
        $stats = $this->functions->new('tpc_stats');
        $this->check($this->functions->tpc_client_stats($this->client, FFI::addr($stats), FFI::sizeof($stats)), false);
        $counters = [];
        foreach (FFI::typeof($stats)->getStructFieldNames() as $name) {
            $counters[$name] = $stats->$name;
        }
        unset($counters['size']);
        return $counters;
    }

    /**
     * Takes the reports that are there, oldest first, and waits up to $timeoutMs for each further one. There are reports
     * only when the option report_capacity is above 0.
     *
     * @return Generator<int, Report>
     * @throws TpcException
     */
    public function reports(int $timeoutMs = 0): Generator
    {
        $report = $this->functions->new('tpc_report *');
        while (true) {
            $this->check($this->functions->tpc_client_poll($this->client, $timeoutMs, FFI::addr($report)), false);
            if (FFI::isNull($report)) {
                return;
            }
            $copy = Report::from($this->functions, $report);
            $this->functions->tpc_report_free($report);
            yield $copy;
        }
    }

    /** Calls what waits; a time that is up is no failure, since the count says what is left. */
    private function wait(string $call, int $timeoutMs): int
    {
        $left = $this->functions->new('size_t');
        $code = $this->functions->$call($this->client, $timeoutMs, FFI::addr($left));
        if ($code !== $this->functions->TPC_ERROR_TIMEOUT) {
            $this->check($code, false);
        }
        return $left->cdata;
    }

    /** @param bool $isNamed whether the call took the tpc_error */
    private function check(int $code, bool $isNamed = true): void
    {
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $isNamed ? $this->error : null);
        }
    }
}
