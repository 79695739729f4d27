<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Psr\Http\Message\ServerRequestInterface;

/**
 * What Client::trackRequest takes, from what PHP and PSR-7 say of a request. Only the headers that the rules read are taken
 * along: never a cookie or a credential.
 */
final class WebRequest
{
    private const HEADERS = [
        'user-agent', 'referer', 'forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'purpose',
        'sec-purpose', 'x-purpose', 'x-moz', 'sec-fetch-dest',
    ];

    /**
     * @param array<string, mixed> $server what $_SERVER has, or a framework's copy of it
     * @param int|null $status of the response
     * @return array<string, mixed>
     */
    public static function fromServer(array $server, ?int $status): array
    {
        $headers = [];
        foreach (self::HEADERS as $name) {
            $value = $server['HTTP_' . strtoupper(strtr($name, '-', '_'))] ?? null;
            if ($value !== null) {
                $headers[$name] = self::text($value);
            }
        }
        $isSecure = !in_array(strtolower($server['HTTPS'] ?? ''), ['', 'off'], true);
        return [
            'method' => self::text($server['REQUEST_METHOD'] ?? 'GET'),
            'scheme' => $isSecure ? 'https' : ($server['REQUEST_SCHEME'] ?? 'http'),
            'host' => self::text($server['HTTP_HOST'] ?? $server['SERVER_NAME'] ?? 'localhost'),
            'target' => self::text($server['REQUEST_URI'] ?? '/'),
            'remoteAddress' => $server['REMOTE_ADDR'] ?? null,
            'status' => $status,
            'headers' => $headers,
        ];
    }

    /**
     * @param int|null $status of the response
     * @return array<string, mixed>
     */
    public static function fromPsr7(ServerRequestInterface $request, ?int $status): array
    {
        $headers = [];
        foreach (self::HEADERS as $name) {
            if ($request->hasHeader($name)) {
                $headers[$name] = self::text($request->getHeaderLine($name));
            }
        }
        $server = $request->getServerParams();
        $uri = $request->getUri();
        return [
            'method' => self::text($request->getMethod()),
            'scheme' => $uri->getScheme() ?: 'http',
            'host' => self::text($request->getHeaderLine('Host') ?: $uri->getAuthority()),
            // Middleware may have rewritten the URI for what comes after it.
            'target' => self::text($server['REQUEST_URI'] ?? $request->getRequestTarget()),
            'remoteAddress' => $server['REMOTE_ADDR'] ?? null,
            'status' => $status,
            'headers' => $headers,
        ];
    }

    /** The text, or when it is not UTF-8, its bytes read as Latin-1: a visit is not lost for an odd header. */
    private static function text(string $bytes): string
    {
        return preg_match('//u', $bytes) === 1 ? $bytes : preg_replace_callback(
            '/[\x80-\xFF]/',
            static fn (array $match): string => chr(0xC0 | ord($match[0]) >> 6) . chr(0x80 | ord($match[0]) & 0x3F),
            $bytes,
        );
    }
}
