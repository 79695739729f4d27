<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Psr\Http\Message\ServerRequestInterface;
use Tpc\Exception\LibraryException;
use Tpc\Library;

/**
 * Makes what Client::trackRequest takes of what PHP and PSR-7 say about a request. It contains only the headers that the
 * library's rules read: never a cookie or a credential.
 */
final class WebRequest
{
    /** @var array<string, string>|null the names of headers by their keys in $_SERVER */
    private static ?array $keys = null;

    /**
     * @param array<string, mixed> $server $_SERVER, or a framework's copy of it
     * @param int|null $status the response's status
     * @param string|null $contentType the response's
     * @param string|null $clientAddress the visitor's, if the framework found it
     * @return array<string, mixed>
     * @throws LibraryException
     */
    public static function fromServer(
        array $server,
        ?int $status,
        ?string $contentType = null,
        ?string $clientAddress = null,
    ): array
    {
        $headers = [];
        foreach (\array_intersect_key(self::$keys ??= self::keys(), $server) as $key => $name) {
            if ($server[$key] !== null) {
                $headers[$name] = $server[$key];
            }
        }
        $isSecure = !\in_array(\strtolower($server['HTTPS'] ?? ''), ['', 'off'], true);
        return self::inUtf8([
            'method' => $server['REQUEST_METHOD'] ?? 'GET',
            'scheme' => $isSecure ? 'https' : ($server['REQUEST_SCHEME'] ?? 'http'),
            // HTTP/1.0 allows a request without a host, which only a proxy may know: else the page is this machine's.
            'host' => $server['HTTP_HOST'] ?? 'localhost',
            'target' => $server['REQUEST_URI'] ?? '/',
            'remoteAddress' => $server['REMOTE_ADDR'] ?? null,
            'clientAddress' => $clientAddress,
            'status' => $status,
            'contentType' => $contentType,
            'headers' => $headers,
        ]);
    }

    /** @return array<string, string> */
    private static function keys(): array
    {
        $names = Library::requestHeaders();
        if ($names === []) {
            return [];
        }
        // All names at once: ten times as fast as one by one.
        $keys = explode(' ', 'HTTP_' . strtoupper(strtr(implode(' HTTP_', $names), '-', '_')));
        return array_combine($keys, $names);
    }

    /**
     * The Content-Type of the response that PHP itself sends: the script's header, else PHP's setting. Null when a status has
     * none.
     */
    public static function sentContentType(): ?string
    {
        foreach (headers_list() as $header) {
            if (strncasecmp($header, 'content-type:', 13) === 0) {
                return trim(substr($header, 13));
            }
        }
        return http_response_code() === 304 ? null : (ini_get('default_mimetype') ?: null);
    }

    /**
     * @param int|null $status the response's status
     * @param string|null $contentType the response's
     * @return array<string, mixed>
     * @throws LibraryException
     */
    public static function fromPsr7(ServerRequestInterface $request, ?int $status, ?string $contentType = null): array
    {
        $headers = [];
        foreach (Library::requestHeaders() as $name) {
            if ($request->hasHeader($name)) {
                $headers[$name] = $request->getHeaderLine($name);
            }
        }
        $server = $request->getServerParams();
        $uri = $request->getUri();
        return self::inUtf8([
            'method' => $request->getMethod(),
            'scheme' => $uri->getScheme() ?: 'http',
            'host' => $request->getHeaderLine('Host') ?: $uri->getAuthority() ?: 'localhost',
            // Other middleware may have rewritten the URI.
            'target' => $server['REQUEST_URI'] ?? $request->getRequestTarget(),
            'remoteAddress' => $server['REMOTE_ADDR'] ?? null,
            'status' => $status,
            'contentType' => $contentType,
            'headers' => $headers,
        ]);
    }

    /** The request, with its texts in UTF-8. */
    private static function inUtf8(array $request): array
    {
        ['method' => $method, 'host' => $host, 'target' => $target, 'headers' => $headers] = $request;
        // Checking all texts together is faster than checking each.
        if (\preg_match('//u', "$method\n$host\n$target\n" . \implode("\n", $headers)) === 1) {
            return $request;
        }
        $texts = ['method' => $method, 'host' => $host, 'target' => $target];
        return ['headers' => array_map(self::text(...), $headers)] + array_map(self::text(...), $texts) + $request;
    }

    /** The text; if it is not UTF-8, its bytes are read as Latin-1, so that an odd header does not lose the visit. */
    private static function text(string $bytes): string
    {
        return preg_match('//u', $bytes) === 1 ? $bytes : preg_replace_callback(
            '/[\x80-\xFF]/',
            static fn (array $match): string => chr(0xC0 | ord($match[0]) >> 6) . chr(0x80 | ord($match[0]) & 0x3F),
            $bytes,
        );
    }
}
