<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use Tpc\Client;
use Tpc\Exception\ClosedException;
use Tpc\Exception\OptionException;
use Tpc\Exception\QueueFullException;
use Tpc\Exception\TpcException;
use Tpc\Psr15\TrackPageVisits;
use Tpc\Web\OptionVariables;
use Tpc\Web\PageVisits;

final class ClientTest extends ClientCase
{
    private const VISIT = ['page' => ['href' => self::HREF]];

    public function testFlushAndCloseSayWhatIsLeft(): void
    {
        $client = self::client(['base_url' => self::closedPort()]);
        $client->track(self::VISIT);
        self::assertSame(1, $client->flush(10));
        self::assertSame(1, $client->stats()['pending']);
        self::assertSame(1, $client->close(0));
    }

    public function testAClosedClientTakesNothing(): void
    {
        $client = self::client();
        $client->close(0);
        foreach ([
            fn () => $client->track(self::VISIT), fn () => $client->flush(0), fn () => $client->stats(),
            fn () => iterator_to_array($client->reports()),
        ] as $call) {
            self::assertRefused($call, ClosedException::class, 'TPC_ERROR_CLOSED', '', '');
        }
    }

    public function testToCloseAClosedClientDoesNothing(): void
    {
        $client = self::client();
        self::assertSame([0, 0], [$client->close(0), $client->close(0)]);
    }

    public function testANegativeTimeIsRefusedAndClosesNothing(): void
    {
        $client = self::client();
        foreach ([-1, -(1 << 32), PHP_INT_MIN] as $time) {
            self::assertRefused(fn () => $client->close($time), TpcException::class, 'TPC_ERROR_INVALID_ARGUMENT', '', '');
        }
        $client->track(self::VISIT);
        self::assertSame(0, $client->close(60000));
    }

    /** @dataProvider longTimes */
    public function testATimeThatIsLongerThanTheLibraryCountsIsItsLongest(int $time): void
    {
        $client = self::client(['report_capacity' => 1]);
        $client->track(self::VISIT);
        self::assertSame(0, $client->flush($time));
        self::assertSame('delivered', $client->reports($time)->current()->outcome);
        $client->track(self::VISIT);
        self::assertSame(0, $client->close($time));
    }

    public static function longTimes(): array
    {
        return ['more than 32 bits' => [1 << 32], 'more than 31 bits' => [1 << 31], 'for ever' => [PHP_INT_MAX]];
    }

    public function testAClientHasNoCopies(): void
    {
        $client = self::client();
        foreach ([fn () => clone $client, fn () => serialize($client), fn () => unserialize('O:10:"Tpc\Client":0:{}')] as $copy) {
            try {
                $copy();
                self::fail('there is a copy');
            } catch (LogicException | Error) {
                self::assertSame(0, $client->stats()['accepted']);
            }
        }
    }

    public function testAnObjectThatWasNeverMadeEndsWithoutHarm(): void
    {
        $made = (new ReflectionClass(Client::class))->newInstanceWithoutConstructor();
        self::assertSame(['options' => [], 'isOpen' => false], $made->__debugInfo());
    }

    public function testACredentialIsInNoDumpAndInNoTrace(): void
    {
        $secret = ['api_key' => 'hidden-key', 'proxy' => 'http://user:hidden-key@127.0.0.1:9', 'sample_rate' => 1];
        self::assertStringNotContainsString('hidden-key', print_r(new Client($secret), true) . var_export(Client::shared($secret), true));
        self::assertStringContainsString('sample_rate', print_r(new Client($secret), true));
        interface_exists(Psr\Http\Server\MiddlewareInterface::class) || eval('namespace Psr\Http\Server; interface MiddlewareInterface {}');
        self::assertStringNotContainsString('hidden-key', print_r(new TrackPageVisits($secret), true));
        $refused = ['sample_rate' => 2] + $secret;
        $before = ini_set('zend.exception_ignore_args', '0');
        $calls = [Client::shared(...), PageVisits::check(...), PageVisits::trackAtShutdown(...), OptionVariables::check(...)];
        foreach ([static fn (array $options) => new Client($options), ...$calls] as $call) {
            try {
                $call($refused);
                self::fail('the options are accepted');
            } catch (OptionException $failure) {
                $frames = array_filter($failure->getTrace(), static fn (array $frame): bool => str_starts_with($frame['class'] ?? '', 'Tpc\\'));
                self::assertNotEmpty(array_filter(array_column($frames, 'args')));
                self::assertStringNotContainsString('hidden-key', print_r(array_column($frames, 'args'), true));
            }
        }
        ini_set('zend.exception_ignore_args', $before);
    }

    public function testOptionsAreValidatedWithoutAClient(): void
    {
        self::assertRefused(
            fn () => Client::validateOptions(['api_key' => 'key', 'ca_file' => '/nonexistent']),
            OptionException::class, 'TPC_ERROR_INVALID_OPTION', 'ca_file', 'names a file that cannot be read'
        );
        Client::validateOptions(['api_key' => 'key']);
    }

    public function testAFullQueueTakesNoMore(): void
    {
        $client = self::client(['base_url' => self::closedPort(), 'queue_max_events' => 1]);
        $client->track(self::VISIT);
        self::assertRefused(
            fn () => $client->track(self::VISIT),
            QueueFullException::class,
            'TPC_ERROR_QUEUE_FULL',
            'queue_max_events',
            'the event was not taken',
        );
        $client->close(0);
    }

    public function testStatisticsHaveTheNamesOfTheHeader(): void
    {
        $client = self::client();
        $client->track(self::VISIT);
        $client->flush(60000);
        $stats = $client->stats();
        $header = file_get_contents(getenv('PACKAGE_UNDER_TEST') . '/tpc.ffi.h');
        preg_match('/typedef struct tpc_stats \{(.*?)\} tpc_stats;/s', $header, $struct);
        preg_match_all('/uint64_t (\w+);/', $struct[1], $fields);
        self::assertSame(array_slice($fields[1], 1), array_keys($stats));
        self::assertSame([1, 1, 0, 1], [$stats['accepted'], $stats['delivered'], $stats['pending'], $stats['requests']]);
    }

    public function testEachEventLeavesAReport(): void
    {
        $client = self::client(['report_capacity' => 10]);
        $client->track(self::VISIT + ['eventId' => 'first']);
        $client->track(self::VISIT + ['eventId' => 'second']);
        $client->flush(60000);
        $reports = iterator_to_array($client->reports());
        foreach ($reports as $report) {
            $told = [$report->outcome, $report->httpStatus, $report->attempts, $report->code];
            self::assertSame(['delivered', 200, 1, ''], $told);
        }
        $ids = array_map(fn ($report) => $report->eventId, $reports);
        self::assertEqualsCanonicalizing(['first', 'second'], $ids);
        self::assertSame([], iterator_to_array($client->reports()));
    }

    public function testASharedClientIsOneForEachName(): void
    {
        $options = ['base_url' => getenv('COLLECTOR_URL'), 'api_key' => 'key-for-the-test'];
        $first = Client::shared($options + ['name' => 'one']);
        $first->track(self::VISIT);
        self::assertSame($first, Client::shared($options + ['name' => 'one']));
        self::assertSame($first, Client::shared(['name' => 'one']));
        self::assertNotSame($first, Client::shared($options + ['name' => 'two']));
        self::assertSame(0, $first->close(60000));
        $next = Client::shared($options + ['name' => 'one']);
        self::assertSame(0, $next->stats()['accepted']);
    }

    /** @dataProvider refusedOptions */
    public function testOptionsAreRefusedByName(array $options, string $field, string $reason): void
    {
        foreach ([fn () => self::client($options), fn () => Client::shared($options)] as $call) {
            self::assertRefused($call, OptionException::class, 'TPC_ERROR_INVALID_OPTION', $field, $reason);
        }
    }

    public static function refusedOptions(): array
    {
        return [
            'an unknown name' => [['request_timeout' => 5], 'request_timeout', 'did you mean request_timeout_ms?'],
            'a bad value' => [['request_timeout_ms' => 'soon'], 'request_timeout_ms', 'expected a whole number from 1'],
            'an object' => [['api_key' => new stdClass()], 'api_key', 'found stdClass; expected text, a number, a boolean'],
            'a list of lists' => [['redact_query' => [['x']]], 'redact_query', 'found array; expected'],
            'no name' => [['x'], '', 'is not an option'],
            'a list for a name' => [['name' => [[]]], 'name', 'found array; expected'],
        ];
    }

    public function testOptionsTakeEachTypeOfPhp(): void
    {
        $client = self::client([
            'sample_rate' => 0.0,
            'enabled' => true,
            'max_in_flight' => 5,
            'redact_query' => ['key', 'token'],
            'proxy' => null,
        ]);
        $client->track(self::VISIT);
        self::assertSame(1, $client->stats()['sampled_out']);
    }

    public function testGivenOptionsWinOverTheEnvironment(): void
    {
        putenv('TPC_SAMPLE_RATE=0');
        try {
            [$read, $given] = [self::client(), self::client(['sample_rate' => 1])];
        } finally {
            putenv('TPC_SAMPLE_RATE');
        }
        $read->track(self::VISIT);
        $given->track(self::VISIT);
        self::assertSame([1, 0], [$read->stats()['sampled_out'], $given->stats()['sampled_out']]);
    }

    public function testAClientThatNothingHoldsAnyMoreDeliversWhatItHas(): void
    {
        $client = self::client();
        $client->track(self::VISIT + ['eventId' => 'left-behind']);
        unset($client);
        self::assertSame(self::HREF, self::onceAtCollector('left-behind')['page']['href']);
    }

    /** An address where nothing listens: the port was free a moment ago. */
    private static function closedPort(): string
    {
        $listener = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($listener, false);
        fclose($listener);
        return "http://$address";
    }
}
