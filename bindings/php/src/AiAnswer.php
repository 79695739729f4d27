<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

/** The AI service whose answer a person came from. */
final class AiAnswer
{
    /**
     * @param string $name such as "ChatGPT"
     * @param string $operator such as "OpenAI"
     * @param string $evidence "referrer" or "utm" (the parameter utm_source)
     */
    private function __construct(
        public readonly string $name,
        public readonly string $operator,
        public readonly string $evidence,
    ) {
    }

    /**
     * Returns the service that a page's referrer names, else the one that utm_source in the page's URL names, or null; null on a system that cannot
     * have the library, too.
     *
     * @throws Exception\LibraryException
     */
    public static function find(?string $referrer, ?string $href = null): ?self
    {
        [$referrer, $href] = [$referrer ?? '', $href ?? ''];
        if (($functions = Library::available()) === null) {
            return null;
        }
        $texts = $functions->new('const char *[3]');
        [$name, $operator, $evidence] = [\FFI::addr($texts[0]), \FFI::addr($texts[1]), \FFI::addr($texts[2])];
        $lengths = [strlen($referrer), strlen($href)];
        return $functions->tpc_ai_answer($referrer, $lengths[0], $href, $lengths[1], $name, $operator, $evidence) === 1
            ? new self($texts[0], $texts[1], $texts[2])
            : null;
    }
}
