<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use Tpc\Client;
use Tpc\Exception\ValidationException;
use Tpc\Testing\Capture;
use Tpc\Testing\CapturesVisits;
use Tpc\Web\PageVisits;
use Tpc\Web\WebRequest;

final class CaptureTest extends ClientCase
{
    use CapturesVisits;

    private const SERVER = ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/a?token=hidden', 'HTTP_HOST' => 'localhost:8000'];

    private static function answered(array $options = [], int $status = 200, array $server = []): void
    {
        PageVisits::track($options, static fn (): array => WebRequest::fromServer($server + self::SERVER, $status, 'text/html'));
    }

    public function testMiddlewareNeedsNeitherAKeyNorAServer(): void
    {
        PageVisits::check([]);
        self::answered();
        [$visit] = $this->visits();
        self::assertSame('http://localhost:8000/a?token=REDACTED', $visit['page']['href']);
        self::assertSame(['status' => 200], $visit['properties']);
        self::assertSame('tpc-events', $visit['sdk']['name']);
        self::assertMatchesRegularExpression('/^\d{4}-/', $visit['occurredAt']);
    }

    public function testAClientThatWasThereBeforeIsCapturedWithItsOptionsAndSendsAgainAfterwards(): void
    {
        $this->stopCapturingVisits();
        $client = self::client(['client_ip' => 'omit', 'enabled' => false]);
        $visits = Capture::during(function () use ($client): void {
            $client->track(['page' => ['href' => self::HREF], 'request' => ['clientIp' => '192.0.2.7', 'method' => 'GET']]);
            $client->trackJson('{"event":"page_visit","page":{"href":"https://example.com/b"}}');
        });
        self::assertSame([self::HREF, 'https://example.com/b'], array_column(array_column($visits, 'page'), 'href'));
        self::assertSame(['method' => 'GET'], $visits[0]['request']);
        self::assertSame(0, $client->stats()['disabled']);
        $client->track(['page' => ['href' => self::HREF]]);
        self::assertSame(1, $client->stats()['disabled']);
    }

    public function testWhatARuleLeavesOutIsNamed(): void
    {
        self::answered(status: 404);
        self::answered(server: ['REQUEST_METHOD' => 'POST']);
        self::answered(['only_ai_agents' => true]);
        self::answered(['exclude_paths' => ['/a']]);
        (new Client(['sample_rate' => 0]))->track(['page' => ['href' => self::HREF]]);
        self::assertSame([], $this->visits());
        self::assertSame(['status', 'method', 'not_ai_agent', 'path', 'sample_rate'], $this->capture->leftOut());
    }

    public function testTheInnerCaptureTakesAllAndTheOuterGoesOnAfterIt(): void
    {
        self::assertCount(1, Capture::during(static fn () => self::answered()));
        self::assertCount(0, $this->visits());
        self::answered();
        self::assertCount(1, $this->visits());
    }

    public function testABlockThatFailsEndsItsCapture(): void
    {
        try {
            Capture::during(static fn () => throw new DomainException('of the application'));
        } catch (DomainException) {
            self::answered();
        }
        self::assertCount(1, $this->visits());
    }

    public function testAMistakeIsRefusedAsEver(): void
    {
        $client = self::client();
        self::assertRefused(
            fn () => $client->track(['page' => ['href' => 'no url']]),
            ValidationException::class, 'TPC_ERROR_INVALID_EVENT', '/page/href', 'expected a scheme',
        );
    }

    public function testAnEventOfAnyLengthIsCapturedWhole(): void
    {
        $title = str_repeat('long ', 4000);
        self::client()->track(['page' => ['href' => self::HREF, 'title' => $title]]);
        self::assertSame($title, $this->visits()[0]['page']['title']);
    }

    public function testWhatIsCapturedIsNotSharedAfterwards(): void
    {
        $captured = Client::shared(['name' => 'captured']);
        $this->stopCapturingVisits();
        self::assertNotSame($captured, Client::shared(['name' => 'captured', 'api_key' => 'key']));
    }
}
