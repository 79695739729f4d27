<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Generator;
use Tpc\Exception\TpcException;

/**
 * Queues page visits and delivers them in the background, from a thread of the process that outlives the request. Only
 * flush, close and reports wait for the network, and at most for the given time.
 *
 * Options have the library's names: ['api_key' => '…', 'queue_max_events' => 50000]. An option that is null or not given is
 * read from the environment (TPC_API_KEY and so on), else has its default.
 */
final class Client
{
    public const VERSION = '0.1.0';
    /**
     * How long, in milliseconds, a client that was not closed waits for what is queued: at the process's end, unless the
     * option exit_timeout_ms says otherwise, and when a client of the script's own is destroyed.
     */
    public const EXIT_TIMEOUT_MS = 2000;

    /** @var array<string, self> the shared clients that this request has asked for, by name */
    private static array $shared = [];

    private FFI $functions;
    private FFI\CData $client;
    private FFI\CData $error;
    private FFI\CData $errorAddress;
    /** Where a call says which rule left a request out: made once, since that costs more than it takes to use it. */
    private FFI\CData $leftOut;
    private bool $isOpen = false;

    /**
     * Creates a client of this script's own. It is destroyed with the script or when nothing refers to it any more, and
     * then waits up to two seconds for what is queued; close() takes another time and returns how many events are left. Web
     * requests use shared() instead.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @param bool $isShared only for shared()
     * @throws TpcException
     */
    public function __construct(array $options = [], private bool $isShared = false)
    {
        $this->functions = Library::functions();
        $this->error = $this->functions->new('tpc_error');
        $this->errorAddress = FFI::addr($this->error);
        $this->leftOut = $this->functions->new('const char *[1]');
        $made = Options::make($this->functions, $options, $this->error);
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
     * Returns the process's one client of the name in the option `name`. The first request that asks for it creates it;
     * later ones get the same client, whatever their other options. It is not closed at the end of a request.
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

    /**
     * Checks what creating a client with these options and the environment would check, without creating one: for a
     * server's test of its configuration.
     *
     * @param array<string, scalar|list<string>|null> $options
     * @throws TpcException
     */
    public static function validateOptions(array $options = []): void
    {
        $functions = Library::functions();
        $error = $functions->new('tpc_error');
        $made = Options::make($functions, $options, $error);
        $code = $functions->tpc_options_validate($made, FFI::addr($error));
        $functions->tpc_options_free($made);
        if ($code !== 0) {
            throw TpcException::from($functions, $code, $error);
        }
    }

    public function __destruct()
    {
        if ($this->isOpen && !$this->isShared) {
            $this->functions->tpc_client_close($this->client, self::EXIT_TIMEOUT_MS, null);
        }
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
        $code = $this->functions->tpc_client_track_json($this->client, $text, \strlen($text), $this->errorAddress);
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $this->error);
        }
    }

    /**
     * Queues one event that is JSON already; "event" is required in it.
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
     * Closes the client: takes no more events and waits for those that are queued.
     *
     * @return int how many events ended undelivered because of that
     * @throws TpcException
     */
    public function close(int $timeoutMs): int
    {
        $left = $this->wait('tpc_client_close', $timeoutMs);
        $this->isOpen = false;
        return $left;
    }

    /**
     * Returns the counters of tpc_stats by their names. At every moment accepted = delivered + rejected + expired + abandoned + pending.
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
     * Takes the reports that are available, oldest first, and waits up to $timeoutMs for each further one. Reports are kept
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

    /** Makes a call that waits. Running out of time is not a failure: the count says how many events are left. */
    private function wait(string $call, int $timeoutMs): int
    {
        $left = $this->functions->new('size_t');
        $code = $this->functions->$call($this->client, $timeoutMs, FFI::addr($left));
        if ($code !== $this->functions->TPC_ERROR_TIMEOUT) {
            $this->check($code, false);
        }
        return $left->cdata;
    }

    /** @param bool $hasError whether the call took the tpc_error */
    private function check(int $code, bool $hasError = true): void
    {
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $hasError ? $this->error : null);
        }
    }
}
