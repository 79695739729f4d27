<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Tpc\Client;
use Tpc\Exception\TpcException;

/** Clients of the collector that COLLECTOR_URL names. */
abstract class ClientCase extends TestCase
{
    protected const HREF = 'https://example.com/pricing';

    protected static function client(array $options = []): Client
    {
        return new Client($options + [
            'base_url' => getenv('COLLECTOR_URL'), 'api_key' => 'key-for-the-test', 'log_level' => 'off',
            'retry_initial_ms' => 1, 'retry_max_ms' => 20,
        ]);
    }

    /** The event as the collector got it, once it was tracked. */
    protected static function arrived(array $event): array
    {
        $id = bin2hex(random_bytes(8));
        $client = self::client();
        $client->track($event + ['eventId' => $id, 'page' => ['href' => self::HREF]]);
        self::assertSame(0, $client->close(60000));
        return self::atCollector($event['eventId'] ?? $id);
    }

    protected static function atCollector(string $id): array
    {
        [$event] = self::lookedFor($id);
        return $event ?? self::fail('the event is not at the collector');
    }

    /** The event once it is at the collector, for one that nobody waited for. */
    protected static function onceAtCollector(string $id): array
    {
        while (true) {
            [$event, $good] = self::lookedFor($id);
            if ($event !== null) {
                return $event;
            }
            $next = $good + 1;
            file_get_contents(getenv('COLLECTOR_URL') . "/_tpc/wait?count=$next&timeout=60");
        }
    }

    /** @return array{array|null, int} the event, if it is there, and how many are */
    private static function lookedFor(string $id): array
    {
        $answer = json_decode(file_get_contents(getenv('COLLECTOR_URL') . '/_tpc/good'), true);
        foreach ($answer['events'] as $request) {
            if ($request['event']['eventId'] === $id) {
                return [$request['event'], $answer['totals']['good']];
            }
        }
        return [null, $answer['totals']['good']];
    }

    /** Runs what has to fail, and holds what the exception says. */
    protected static function assertRefused(
        callable $call,
        string $class,
        string $status,
        string $field,
        string $reason
    ): void {
        try {
            $call();
        } catch (TpcException $error) {
            self::assertSame([$class, $status, $field], [get_class($error), $error->status, $error->field]);
            self::assertStringContainsString($reason, $error->reason);
            self::assertSame($field === '' ? $error->reason : "$field: $error->reason", $error->getMessage());
            self::assertLessThan(0, $error->getCode());
            return;
        }
        self::fail("no exception; expected $status");
    }
}
