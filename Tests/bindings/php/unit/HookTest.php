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
            ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/a', 'HTTP_HOST' => 'example.com', 'REMOTE_ADDR' => '192.0.2.7'], 200, 'text/html'
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

    /**
     * Each in a process of its own: what was left out is logged once in a process.
     *
     * @dataProvider oddAdditions
     * @runInSeparateProcess
     * @preserveGlobalState disabled
     */
    public function testEveryLanguageMakesTheSameOfAnOddAddition(array $added, ?array $sent, array $leftOut): void
    {
        $visit = $this->visited(static fn (): array => $added);
        self::assertSame($sent === null, $visit === null);
        foreach ($sent ?? [] as $name => $expected) {
            $holder = is_array($expected) ? $visit[$name] ?? [] : $visit;
            foreach (is_array($expected) ? $expected : [$name => $expected] as $member => $wanted) {
                self::assertSame($wanted, array_key_exists($member, $holder) ? $holder[$member] : 'absent', $member);
            }
        }
        foreach ($leftOut as $pointer) {
            self::assertStringContainsString("left out of a page visit: $pointer: ", $this->log());
        }
        self::assertSame($leftOut !== [], str_contains($this->log(), 'left out of a page visit'));
    }

    public static function oddAdditions(): array
    {
        $cases = json_decode(file_get_contents(dirname(__DIR__, 2) . '/odd_additions.json'), true);
        return array_combine(
            array_column($cases, 'title'),
            array_map(static fn (array $case): array => [$case['added'], $case['sent'], $case['leftOut']], $cases),
        );
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
