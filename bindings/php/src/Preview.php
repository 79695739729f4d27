<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Tpc\Exception\TpcException;

/**
 * Shows events instead of sending them: that of a web request before it is tracked, and any as it would be sent.
 *
 * @internal
 */
final class Preview
{
    /** What the library's buffers begin with; a longer event says how long it is. */
    private const BYTES = 4096;

    /**
     * The event of a web request, before redaction and the client's rules for addresses.
     *
     * @param array $request what Client::trackRequest takes
     * @return array|null null when a rule leaves the request out
     * @throws TpcException
     */
    public static function ofRequest(Client $client, array $request): ?array
    {
        if (!$client->hasLibrary()) {
            return null;
        }
        [$event] = self::made($client, Json::request($request));
        return $event === null ? null : self::using($client, $event, static function (FFI $functions) use ($event): array {
            return self::decoded(self::text($functions, static fn ($buffer, $capacity, $length) =>
                [$functions->tpc_event_to_json($event, $buffer, $capacity, $length), null]));
        });
    }

    /**
     * A request's event as it would be sent.
     *
     * @param string $request JSON
     * @return array|string the event, or the name of the rule that leaves it out
     * @throws TpcException
     */
    public static function ofRequestAsSent(Client $client, string $request): array|string
    {
        [$event, $rule] = self::made($client, $request);
        return $event === null ? $rule : self::asSent($client, $event);
    }

    /**
     * An event as it would be sent.
     *
     * @param string $text JSON
     * @return array|string the event, or the name of the rule that leaves it out
     * @throws TpcException
     */
    public static function ofJsonAsSent(Client $client, string $text): array|string
    {
        [$functions, , $error, $address] = $client->handles();
        $out = $functions->new('tpc_event *[1]');
        self::check($functions, $functions->tpc_event_from_json($text, strlen($text), $out, $address), $error);
        return self::asSent($client, $out[0]);
    }

    /** @return array{FFI\CData|null, string|null} the event, or null and the name of the rule that leaves the request out */
    private static function made(Client $client, string $request): array
    {
        [$functions, $token, $error, $address] = $client->handles();
        $out = $functions->new('tpc_event *[1]');
        $rule = $functions->new('const char *[1]');
        $code = $functions->tpc_client_event_from_request($token, $request, strlen($request), $out, $rule, $address);
        self::check($functions, $code, $error);
        return [FFI::isNull($out[0]) ? null : $out[0], $rule[0]];
    }

    private static function asSent(Client $client, FFI\CData $event): array|string
    {
        return self::using($client, $event, static function (FFI $functions) use ($client, $event): array|string {
            [, $token, $error, $address] = $client->handles();
            $rule = $functions->new('const char *[1]');
            $text = self::text($functions, static fn ($buffer, $capacity, $length) => [
                $functions->tpc_client_event_to_json($token, $event, $buffer, $capacity, $length, $rule, $address), $error,
            ]);
            // Read first: ?? would not make a text of it.
            $name = $rule[0];
            return $name ?? self::decoded($text);
        });
    }

    /** Makes the call and frees the event. */
    private static function using(Client $client, FFI\CData $event, callable $call): array|string
    {
        [$functions] = $client->handles();
        try {
            return $call($functions);
        } finally {
            $functions->tpc_event_free($event);
        }
    }

    /** The text that a call writes into a buffer. */
    private static function text(FFI $functions, callable $call): string
    {
        $length = $functions->new('size_t[1]');
        for ($capacity = self::BYTES; ; $capacity = $length[0] + 1) {
            $buffer = $functions->new("char[$capacity]");
            [$code, $error] = $call($buffer, $capacity, $length);
            if ($code !== $functions->TPC_ERROR_BUFFER_TOO_SMALL) {
                self::check($functions, $code, $error);
                return FFI::string($buffer, $length[0]);
            }
        }
    }

    private static function decoded(string $text): array
    {
        return json_decode($text, true, Json::DEPTH, JSON_THROW_ON_ERROR);
    }

    private static function check(FFI $functions, int $code, ?FFI\CData $error): void
    {
        if ($code !== 0) {
            throw TpcException::from($functions, $code, $error);
        }
    }
}
