<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use UnexpectedValueException;

/**
 * Makes what Client::trackRequest takes of a request of Symfony or Laravel, whose own trusted proxies count.
 *
 * @internal
 */
final class FoundationRequest
{
    /** @return array<string, mixed> */
    public static function read(Request $request, ?Response $response): array
    {
        $server = $request->server->all();
        $address = null;
        if ($request->isFromTrustedProxy()) {
            try {
                $address = $request->getClientIp();
                $server = self::throughProxies($request) + $server;
            } catch (UnexpectedValueException) {
                // Forwarded and X-Forwarded-For disagree, or what was forwarded is not a host.
            }
        }
        $status = CountedRequest::status($response?->getStatusCode());
        $type = CountedRequest::contentType($response?->headers->get('Content-Type'));
        return WebRequest::fromServer($server, $status, $type, $address);
    }

    /** The variables of $_SERVER in which the visitor's request differs from the proxy's. */
    private static function throughProxies(Request $request): array
    {
        $server = [];
        if (($host = $request->getHttpHost()) !== '') {
            $server['HTTP_HOST'] = $host;
        }
        if ($request->isSecure() || $request->server->get('HTTPS')) {
            $server['HTTPS'] = $request->isSecure() ? 'on' : 'off';
            $server['REQUEST_SCHEME'] = $request->getScheme();
        }
        $prefix = $request->headers->get('X-Forwarded-Prefix', '');
        $isTrusted = (Request::getTrustedHeaderSet() & Request::HEADER_X_FORWARDED_PREFIX) !== 0;
        if ($isTrusted && preg_match('~^(/[^/?#\s,]+)+$~D', $prefix) === 1) {
            $server['REQUEST_URI'] = $prefix . $request->server->get('REQUEST_URI', '/');
        }
        return $server;
    }
}
