<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use SensitiveParameter;
use Throwable;

/**
 * The shared clients that this request has asked for. The library decides which options mean the same client; this only
 * remembers its answers.
 *
 * @internal
 */
final class SharedClients
{
    /** @var array<string, Client> by their options */
    private static array $known = [];
    /** The last one that was asked for, which is nearly always the next one. */
    private static ?Client $last = null;
    private static array $lastOptions = [];

    public static function find(#[SensitiveParameter] array $options): Client
    {
        if (self::$last === null || $options !== self::$lastOptions || !self::$last->isOpen()) {
            [self::$last, self::$lastOptions] = [self::other($options), $options];
        }
        return self::$last;
    }

    private static function other(#[SensitiveParameter] array $options): Client
    {
        $key = $options === [] ? '' : self::key($options);
        $client = self::$known[$key] ?? null;
        if ($client !== null && $client->isOpen()) {
            return $client;
        }
        $made = new Client($options, true);
        foreach (self::$known as $client) {
            if ($client->isOpen() && $made->isOpen() && $client->handles()[1] == $made->handles()[1]) {
                return self::$known[$key] = $client;
            }
        }
        return self::$known[$key] = $made;
    }

    public static function forget(): void
    {
        [self::$known, self::$last, self::$lastOptions] = [[], null, []];
    }

    /** The options as text. Those that cannot be one have a value that no option takes, so they never make a client. */
    private static function key(#[SensitiveParameter] array $options): string
    {
        try {
            return serialize($options);
        } catch (Throwable) {
            return "\0";
        }
    }
}
