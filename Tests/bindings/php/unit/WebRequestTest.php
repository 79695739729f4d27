<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

use PHPUnit\Framework\TestCase;
use Tpc\Web\WebRequest;

final class WebRequestTest extends TestCase
{
    private const SERVER = [
        'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/a%20b?x=1', 'HTTP_HOST' => 'example.com:8443',
        'REMOTE_ADDR' => '192.0.2.7', 'REQUEST_SCHEME' => 'http', 'SERVER_NAME' => 'inner',
    ];

    public function testARequestIsTakenAsTheServerDescribesIt(): void
    {
        self::assertSame(
            [
                'method' => 'GET', 'scheme' => 'http', 'host' => 'example.com:8443', 'target' => '/a%20b?x=1',
                'remoteAddress' => '192.0.2.7', 'clientAddress' => '198.51.100.1', 'status' => 200,
                'contentType' => 'text/html', 'headers' => [],
            ],
            WebRequest::fromServer(self::SERVER, 200, 'text/html', '198.51.100.1'),
        );
    }

    public function testARequestWithoutAHostIsOneOfThisMachine(): void
    {
        $server = self::SERVER;
        unset($server['HTTP_HOST']);
        self::assertSame('localhost', WebRequest::fromServer($server, 200)['host']);
    }

    public function testAPeerThatNobodyNamesHasNoAddress(): void
    {
        $request = WebRequest::fromServer(['REMOTE_ADDR' => null] + self::SERVER, 200);
        self::assertNull($request['remoteAddress']);
        self::assertNull($request['clientAddress']);
        self::assertNull($request['contentType']);
    }

    public function testHttpsIsRecognizedInEachServersWay(): void
    {
        $scheme = static fn (array $server): string => WebRequest::fromServer($server + self::SERVER, null)['scheme'];
        self::assertSame(
            ['https', 'https', 'http', 'http', 'https'],
            array_map($scheme, [
                ['HTTPS' => 'on'], ['HTTPS' => '1'], ['HTTPS' => 'off'], ['HTTPS' => ''], ['REQUEST_SCHEME' => 'https'],
            ]),
        );
    }

    public function testOnlyTheHeadersOfTheRulesAreTaken(): void
    {
        $server = self::SERVER + [
            'HTTP_COOKIE' => 'session=secret', 'HTTP_AUTHORIZATION' => 'Bearer secret',
            'HTTP_USER_AGENT' => 'GPTBot/1.2',
            'HTTP_X_FORWARDED_FOR' => '198.51.100.1, 10.0.0.1', 'HTTP_SEC_FETCH_DEST' => 'document', 'HTTP_ACCEPT' => '*/*',
        ];
        self::assertSame(
            ['user-agent' => 'GPTBot/1.2', 'x-forwarded-for' => '198.51.100.1, 10.0.0.1', 'sec-fetch-dest' => 'document'],
            WebRequest::fromServer($server, null)['headers'],
        );
    }

    public function testBytesThatAreNotUtf8AreReadAsLatin1(): void
    {
        $server = ['HTTP_REFERER' => "https://example.com/caf\xE9", 'HTTP_USER_AGENT' => 'café'] + self::SERVER;
        self::assertSame(
            ['user-agent' => 'café', 'referer' => 'https://example.com/café'],
            WebRequest::fromServer($server, null)['headers'],
        );
    }
}
