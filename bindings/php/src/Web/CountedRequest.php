<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use Closure;
use Tpc\AtShutdown;

/**
 * One web request, which is counted once: when its framework ends it, or else, for a page that breaks off, a reader who leaves
 * or exit, at the end of the script.
 *
 * @internal
 */
final class CountedRequest
{
    private static bool $hasBegun = false;

    private function __construct(private ?Closure $track)
    {
    }

    /**
     * Whether the script serves one request, so that what PHP sent is that request's answer. A worker that serves one request
     * after another, as FrankenPHP's may, has only the framework's response.
     */
    public static function isTheScript(): bool
    {
        return !\in_array(PHP_SAPI, ['cli', 'phpdbg', 'embed', 'frankenphp'], true);
    }

    /**
     * Begins the visit of this request; null inside another one, such as a request of the application to itself.
     *
     * @param callable(): void $track called once
     */
    public static function begin(callable $track): ?self
    {
        if (self::$hasBegun) {
            return null;
        }
        return self::isTheScript() ? self::beginScript($track) : new self($track(...));
    }

    /**
     * Begins the visit of a script that serves one request: what ends the script ends the visit.
     *
     * @param callable(): void $track called once
     */
    public static function beginScript(callable $track): self
    {
        // On the command line there may be many requests in one process.
        self::$hasBegun = PHP_SAPI !== 'cli';
        $visit = new self($track(...));
        register_shutdown_function(static fn () => self::hasFailedUnsent() ? null : $visit->end());
        return $visit;
    }

    /** Whether something counts this script's request already. */
    public static function hasBegun(): bool
    {
        return self::$hasBegun;
    }

    /** Whether a fatal error came before anything was sent: PHP answers with an error, whatever was announced. */
    private static function hasFailedUnsent(): bool
    {
        return !headers_sent() && ((error_get_last()['type'] ?? 0) & AtShutdown::FATAL) !== 0;
    }

    public function end(): void
    {
        // Let go first: what is tracked may hold the request, which holds this.
        [$track, $this->track] = [$this->track, null];
        if ($track !== null) {
            $track();
        }
    }

    /** The status that was sent, else the response's. */
    public static function status(?int $ofResponse): ?int
    {
        return self::isTheScript() ? http_response_code() ?: $ofResponse : $ofResponse;
    }

    /** The Content-Type that was sent, else the response's. */
    public static function contentType(?string $ofResponse): ?string
    {
        return self::isTheScript() ? WebRequest::sentContentType() : $ofResponse;
    }
}
