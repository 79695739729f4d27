<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Tpc\Testing\CapturesVisits;
use Tpc\Web\PageVisits;
use Tpc\Web\WebRequest;

enum Plan: string
{
    case Pro = 'pro';
}

enum Kind
{
    case Article;
}

/** What an application's hooks add to a visit, change, and break. */
final class HookTest extends TestCase
{
    use CapturesVisits;

    private string $log;

    protected function setUp(): void
    {
        $this->log = tempnam(sys_get_temp_dir(), 'tpc-log-');
        ini_set('error_log', $this->log);
    }

    protected function tearDown(): void
    {
        ini_restore('error_log');
        unlink($this->log);
    }

    /** @return array|null the visit, if there is one */
    private function visited(?callable $describe, ?callable $beforeSend = null): ?array
    {
        $read = static fn (): array => WebRequest::fromServer(
            ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/pricing', 'HTTP_HOST' => 'example.com', 'REMOTE_ADDR' => '192.0.2.7'], 200, 'text/html'
        );
        $before = count($this->visits());
        PageVisits::track([], $read, $describe, $beforeSend);
        return $this->visits()[$before] ?? null;
    }

    private function log(): string
    {
        return file_get_contents($this->log);
    }

    public function testWhatIsPlainlyMeantIsConverted(): void
    {
        $text = new class {
            public function __toString(): string
            {
                return 'as text';
            }
        };
        $number = new class implements JsonSerializable {
            public function jsonSerialize(): mixed
            {
                return 5;
            }
        };
        $visit = $this->visited(static fn (): array => [
            'sessionId' => 42,
            'anonymousId' => $text,
            'page' => ['title' => $text],
            'properties' => [
                'when' => new DateTime('2026-01-02 05:04:05.678+02:00'), 'plan' => Plan::Pro, 'kind' => Kind::Article, 'text' => $text,
                'number' => $number, 'null' => null, 'no' => false, 'half' => 0.5,
            ],
        ]);
        self::assertSame(['42', 'as text', 'as text'], [$visit['sessionId'], $visit['anonymousId'], $visit['page']['title']]);
        self::assertSame(
            ['status' => 200, 'when' => '2026-01-02T03:04:05.678Z', 'plan' => 'pro', 'kind' => 'Article', 'text' => 'as text', 'number' => 5,
                'null' => null, 'no' => false, 'half' => 0.5],
            $visit['properties'],
        );
    }

    /** @dataProvider oddities */
    public function testWhatIsOddIsLeftOutAndTheVisitIsTracked(array $added): void
    {
        $visit = $this->visited(static fn (): array => $added + ['sessionId' => 'kept']);
        self::assertSame('kept', $visit['sessionId']);
        self::assertSame(['status' => 200], $visit['properties']);
        self::assertArrayNotHasKey('title', $visit['page']);
    }

    public static function oddities(): array
    {
        $broken = new class {
            public function __toString(): string
            {
                throw new RuntimeException('of visitor 7');
            }
        };
        return [
            'not a number' => [['properties' => ['x' => NAN], 'page' => ['title' => INF]]],
            'arrays' => [['properties' => ['x' => [1]], 'page' => ['title' => []]]],
            'objects' => [['properties' => ['x' => new stdClass(), 'y' => fn () => 1, 'z' => STDIN], 'page' => ['title' => new stdClass()]]],
            'what fails when it is read' => [['properties' => ['x' => $broken], 'page' => ['title' => $broken]]],
            'Latin-1' => [['properties' => ["\xE9" => 1, 'x' => "\xE9"], 'page' => ['title' => "\xE9"]]],
            'no properties' => [['properties' => 'pro']],
            'text for a URL' => [['page' => ['canonicalUrl' => 'no url']]],
            'keys with what pointers escape' => [['properties' => ['a/b~c' => NAN, '~1' => "\xE9"]]],
        ];
    }

    /** @dataProvider additions */
    public function testAnOddAdditionIsWhatTheTableOfAllLanguagesSays(array $added, ?array $wanted, ?string $warns): void
    {
        array_walk_recursive($added, static function (mixed &$value): void {
            $value = $value === '<odd>' ? new stdClass() : $value;
        });
        $merged = static function (array $event) use ($added): array {
            foreach ($added as $name => $value) {
                $event[$name] = is_array($value) ? $value + ($event[$name] ?? []) : $value;
            }
            return $event;
        };
        foreach ([[static fn (): array => $added, null], [null, $merged]] as [$describe, $beforeSend]) {
            file_put_contents($this->log, '');
            self::forgetWhatWasLogged();
            $visit = $this->visited($describe, $beforeSend);
            self::assertSame($wanted !== null, $visit !== null);
            foreach ($wanted ?? [] as $pointer => $value) {
                $found = $visit;
                foreach (array_slice(explode('/', $pointer), 1) as $name) {
                    $found = is_array($found) && array_key_exists($name, $found) ? $found[$name] : '<absent>';
                }
                self::assertSame($value, $found, $pointer);
            }
            self::assertSame($warns === null ? 0 : 1, substr_count($this->log(), 'tpc-events: '), $this->log());
            self::assertStringContainsString($warns === null ? '' : ": $warns: ", $this->log());
        }
    }

    public static function additions(): array
    {
        $cases = json_decode(file_get_contents(__DIR__ . '/../../additions.json'), true, flags: JSON_THROW_ON_ERROR);
        return array_column(array_map(static fn (array $case): array => [$case['title'], array_slice(array_values($case), 1)], $cases), 1, 0);
    }

    /** Undoes the marks that FailureLog leaves in the process. */
    private static function forgetWhatWasLogged(): void
    {
        $additions = array_map(static fn (int $number): string => "addition.$number", range(0, 15));
        foreach (['TPC_ERROR_INVALID_EVENT', ...$additions] as $kind) {
            $flags = STREAM_CLIENT_CONNECT | STREAM_CLIENT_PERSISTENT;
            stream_set_blocking(stream_socket_client("udp://127.0.0.1:9/tpc-events-$kind", $number, $words, 1, $flags), true);
        }
    }

    public function testAHookChangesTheWholeEventBeforeItIsRedacted(): void
    {
        $visit = $this->visited(static fn (): array => ['properties' => ['plan' => 'pro']], static function (array $event): array {
            self::assertSame(['status' => 200, 'plan' => 'pro'], $event['properties']);
            self::assertSame('192.0.2.7', $event['request']['clientIp']);
            return ['page' => ['href' => 'https://example.com/b?token=x']] + ['properties' => ['odd' => NAN, 'plan' => Plan::Pro]] + $event;
        });
        self::assertSame('https://example.com/b?token=REDACTED', $visit['page']['href']);
        self::assertSame(['plan' => 'pro'], $visit['properties']);
    }

    /** @dataProvider withholding */
    public function testAHookWithholdsTheVisit(mixed $answer): void
    {
        self::assertNull($this->visited(null, static fn (): mixed => $answer));
        self::assertSame('', $this->log());
    }

    public static function withholding(): array
    {
        return ['null' => [null], 'false' => [false]];
    }

    /** @dataProvider failures */
    public function testAHookThatFailsWithholdsTheVisitAndHarmsNothing(callable $hook): void
    {
        set_error_handler(static fn (int $level, string $text) => throw new ErrorException("of visitor 7: $text", 0, $level));
        try {
            self::assertNull($this->visited($hook));
            self::assertNull($this->visited(null, $hook));
        } finally {
            restore_error_handler();
        }
        self::assertStringNotContainsString('visitor', $this->log());
    }

    public static function failures(): array
    {
        return [
            'an exception' => [static fn () => throw new RuntimeException('of visitor 7')],
            'an exception without a name' => [static fn () => throw new class ('of visitor 7') extends Exception {}],
            'an error' => [static fn () => strlen(...[])],
            'a warning that a handler makes an exception' => [static fn () => file_get_contents('/nonexistent')],
            'a text' => [static fn () => 'pro'],
            'an object' => [static fn () => new ArrayObject()],
            'a generator' => [static function () {
                yield false;
            }],
        ];
    }

    public function testAFailureIsLoggedEvenWhenItsClassHasNoName(): void
    {
        $this->visited(static fn () => throw new class extends UnderflowException {});
        self::assertStringContainsString('tpc-events: a page visit was not tracked: UnderflowException@anonymous in ', $this->log());
    }
}
