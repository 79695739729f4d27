<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

/** An AI agent that a User-Agent names. */
final class AiAgent
{
    /**
     * @param string $name such as "GPTBot"
     * @param string $operator such as "OpenAI"
     * @param string $purpose "training", "search" (for answers), "user" (one asked for the page) or "agent" (it acts in a browser)
     */
    private function __construct(
        public readonly string $name,
        public readonly string $operator,
        public readonly string $purpose,
    ) {
    }

    /**
     * Returns the agent that a User-Agent names, or null when it names none, or on a system that cannot have the library.
     *
     * @throws Exception\LibraryException
     */
    public static function find(string $userAgent): ?self
    {
        if (($functions = Library::available()) === null) {
            return null;
        }
        $texts = $functions->new('const char *[3]');
        [$name, $operator, $purpose] = [\FFI::addr($texts[0]), \FFI::addr($texts[1]), \FFI::addr($texts[2])];
        return $functions->tpc_ai_agent($userAgent, strlen($userAgent), $name, $operator, $purpose) === 1
            ? new self($texts[0], $texts[1], $texts[2])
            : null;
    }
}
