<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use Tpc\Exception\ValidationException;

final class TrackTest extends ClientCase
{
    public function testAnEventWithOnlyItsAddressIsCompleted(): void
    {
        $event = self::arrived(['page' => ['href' => 'https://example.com/docs?page=2']]);
        self::assertSame('page_visit', $event['event']);
        self::assertSame('example.com', $event['page']['domain']);
        self::assertSame('/docs', $event['page']['pathname']);
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/', $event['occurredAt']);
    }

    public function testTheEventSaysThatItComesFromPhp(): void
    {
        $runtime = 'php/' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
        $sdk = ['name' => 'tpc-events', 'version' => Tpc\Client::VERSION, 'runtime' => $runtime];
        self::assertSame($sdk, self::arrived([])['sdk']);
    }

    public function testNullIsSentAndWhatIsAbsentIsNot(): void
    {
        $event = self::arrived(['sessionId' => null, 'request' => ['referrer' => null]]);
        self::assertNull($event['sessionId']);
        self::assertSame(['referrer' => null], $event['request']);
        self::assertArrayNotHasKey('anonymousId', $event);
    }

    /** @dataProvider objects */
    public function testAnArrayInTheContractsObjectsIsAnObjectWhateverItsKeys(array $properties, string $json): void
    {
        $arrived = self::arrived(['properties' => $properties])['properties'];
        self::assertSame($json, json_encode($arrived, JSON_FORCE_OBJECT));
    }

    public static function objects(): array
    {
        return [
            'none' => [[], '{}'],
            'a list' => [['a', 'b'], '{"0":"a","1":"b"}'],
            'numeric texts as keys' => [['0' => 'a', '404' => 2], '{"0":"a","404":2}'],
            'a text that looks like a list' => [['x' => ':[]', "\0y" => 1], '{"x":":[]","\\u0000y":1}'],
        ];
    }

    public function testListsInMembersThatTheContractDoesNotNameStayLists(): void
    {
        self::assertSame(['a', ['b']], self::arrived(['tags' => ['a', ['b']], 'page' => ['href' => self::HREF]])['tags']);
    }

    public function testTimesOfAllZonesAreSentInUtcWithMilliseconds(): void
    {
        foreach (
            [
                '2026-01-02T03:04:05.678Z' => new DateTimeImmutable('2026-01-02 05:04:05.678912+02:00'),
                '1969-12-31T23:59:59.250Z' => new DateTime('1969-12-31 23:59:59.25+00:00'),
            ] as $sent => $time
        ) {
            self::assertSame($sent, self::arrived(['occurredAt' => $time])['occurredAt']);
        }
    }

    public function testTextArrivesAsItIs(): void
    {
        $title = "Zażółć \"gęślą\" 🦆 \u{2028}\n\\ / <b>";
        self::assertSame($title, self::arrived(['page' => ['href' => self::HREF, 'title' => $title]])['page']['title']);
    }

    public function testNumbersArriveAsTheyAre(): void
    {
        $numbers = ['i' => PHP_INT_MIN, 'f' => 0.1, 'e' => 1.5e300];
        self::assertSame($numbers, self::arrived(['properties' => $numbers])['properties']);
    }

    /** @dataProvider refusedEvents */
    public function testWhatTheContractOrJsonRefusesIsNamed(array $event, string $field, string $reason): void
    {
        $client = self::client();
        $event += ['page' => ['href' => self::HREF]];
        $call = fn () => $client->track($event);
        self::assertRefused($call, ValidationException::class, 'TPC_ERROR_INVALID_EVENT', $field, $reason);
        self::assertSame(0, $client->stats()['accepted']);
    }

    public static function refusedEvents(): array
    {
        $number = 'found a number that is not finite; expected one that JSON can write';
        $text = 'found byte 0xE9 at byte 3; expected valid UTF-8';
        return [
            'a path for an address' => [['page' => ['href' => '/pricing']], '/page/href', "found '/' at byte 0; expected"],
            'no page' => [['page' => []], '/page/href', 'is missing'],
            'null for an event' => [['event' => null], '/event', 'found null'],
            'NAN' => [['properties' => ['plan' => 'pro', 'a/b~c' => NAN]], '/properties/a~1b~0c', $number],
            'INF' => [['properties' => ['x' => -INF]], '/properties/x', $number],
            'Latin-1' => [['page' => ['href' => self::HREF, 'title' => "caf\xE9"]], '/page/title', $text],
            'a key in Latin-1' => [['properties' => ["\xE9" => 1]], '/properties', 'expected valid UTF-8'],
            'a list for a property' => [['properties' => ['x' => []]], '/properties/x', 'found an array'],
            'a resource' => [['properties' => ['x' => STDIN]], '/properties/x', 'found resource (stream); expected'],
            'text that is not a time' => [['occurredAt' => 'yesterday'], '/occurredAt', 'expected'],
        ];
    }

    public function testTheCallersVariablesStayAsTheyAre(): void
    {
        [$properties, $page, $time] = [[], ['href' => self::HREF], new DateTimeImmutable('2026-01-02T03:04:05Z')];
        $event = ['page' => &$page, 'properties' => &$properties, 'occurredAt' => &$time];
        foreach ($event as &$member) {
            // What is left behind makes each member a reference.
            $member = $member;
        }
        $request = ['method' => 'GET', 'target' => '/', 'host' => 'example.com', 'headers' => &$properties, 'event' => &$event];
        $client = self::client();
        $client->track($event);
        $client->trackRequest($request);
        self::assertSame([[], ['href' => self::HREF]], [$properties, $page]);
        self::assertInstanceOf(DateTimeImmutable::class, $time);
        self::assertSame([$page, $properties, $time], array_values($event));
    }

    public function testAnEventThatHoldsItselfIsRefused(): void
    {
        $loop = new stdClass();
        $loop->self = $loop;
        $event = ['page' => ['href' => self::HREF], 'properties' => ['x' => $loop]];
        $this->expectException(ValidationException::class);
        self::client()->track($event);
    }

    public function testJsonTextIsTakenAsItIs(): void
    {
        $client = self::client();
        $client->trackJson('{"event":"page_visit","eventId":"from-text","page":{"href":"https://example.com/"},"n":1e9}');
        self::assertSame(0, $client->close(60000));
        self::assertSame('https://example.com/', self::atCollector('from-text')['page']['href']);
        $call = fn () => self::client()->trackJson('{');
        self::assertRefused($call, ValidationException::class, 'TPC_ERROR_INVALID_JSON', '', 'found its end at byte 1');
    }
}
