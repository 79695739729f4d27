<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use DateTimeInterface;
use FFI;
use stdClass;
use Tpc\Exception\ValidationException;

/**
 * Writes events and requests as the JSON that the library reads. The library judges whether the contract accepts them; only
 * what JSON cannot express is refused here, with the library's kind of error.
 *
 * A member of an array may be a reference, to write to which is to write to the caller's variable. So no member is ever set:
 * the new ones are put before the array's own, in a new array.
 *
 * @internal
 */
final class Json
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS;
    /** Deeper than the library accepts, so that it is the library that refuses deep nesting. */
    public const DEPTH = 1024;
    /** An event's members that are objects. PHP has one type for objects and lists, and writes an empty one as a list. */
    private const OBJECTS = ['page', 'request', 'sdk', 'properties'];

    /** @throws ValidationException when JSON cannot express a value */
    public static function event(array $event): string
    {
        if (!isset($event['event']) && !\array_key_exists('event', $event)) {
            $event = ['event' => 'page_visit'] + $event;
        }
        if (isset($event['occurredAt']) && !\is_string($event['occurredAt'])) {
            $event = self::withTime($event);
        }
        $text = \json_encode($event, self::FLAGS, self::DEPTH);
        // Lists are rare, and so are texts with a bracket: look for one in the result.
        if ($text !== false && !\str_contains($text, '[')) {
            return $text;
        }
        return self::encoded(self::withObjects($event), '');
    }

    /** @throws ValidationException when JSON cannot express a value */
    public static function request(array $request): string
    {
        $objects = [];
        if (\is_array($request['headers'] ?? null)) {
            $objects['headers'] = self::asObject($request['headers']);
        }
        if (\is_array($request['event'] ?? null)) {
            $objects['event'] = self::withObjects(self::withTime($request['event']));
        }
        return self::encoded(self::asObject($objects + $request), '/event');
    }

    /** The event with a DateTimeInterface in occurredAt as text. */
    private static function withTime(array $event): array
    {
        $time = $event['occurredAt'] ?? null;
        return $time instanceof DateTimeInterface ? ['occurredAt' => self::time($time)] + $event : $event;
    }

    /** A time as the library writes it: RFC 3339, in UTC, with milliseconds. */
    public static function time(DateTimeInterface $time): string
    {
        return gmdate('Y-m-d\TH:i:s', $time->getTimestamp()) . $time->format('.v\Z');
    }

    private static function withObjects(array $event): array|object
    {
        $objects = [];
        foreach (self::OBJECTS as $name) {
            if (is_array($event[$name] ?? null)) {
                $objects[$name] = self::asObject($event[$name]);
            }
        }
        return self::asObject($objects + $event);
    }

    /** The members as a value that is written as an object: only a list would not be. */
    private static function asObject(array $members): array|object
    {
        return \array_is_list($members) ? (object) $members : $members;
    }

    /** @param string $prefix the start of a pointer that is left out for members of the event */
    private static function encoded(array|object $value, string $prefix): string
    {
        $text = \json_encode($value, self::FLAGS, self::DEPTH);
        if ($text !== false) {
            return $text;
        }
        [$pointer, $flaw] = self::flaw($value, '', json_last_error());
        $field = str_starts_with($pointer, "$prefix/") ? substr($pointer, strlen($prefix)) : $pointer;
        throw self::refusal($field, $flaw);
    }

    /**
     * Finds the first member that cannot be written, at any depth.
     *
     * @return array{string, mixed} its pointer, and what JSON cannot express: the value, or a key of the object there
     */
    private static function flaw(mixed $value, string $pointer, int $code): array
    {
        $isTooDeep = $code === JSON_ERROR_DEPTH || $code === JSON_ERROR_RECURSION;
        $members = !$isTooDeep && (is_array($value) || $value instanceof stdClass) ? (array) $value : [];
        foreach ($members as $key => $member) {
            if (\json_encode($key, self::FLAGS) === false) {
                return [$pointer, $key];
            }
            if (\json_encode($member, self::FLAGS, self::DEPTH) === false) {
                $path = $pointer . '/' . self::shown(strtr((string) $key, ['~' => '~0', '/' => '~1']));
                return self::flaw($member, $path, json_last_error());
            }
        }
        return [$pointer, $value];
    }

    /**
     * Shows characters that a terminal or a log viewer would act on as escapes, as the library does: control characters,
     * line separators, marks that change the direction of text.
     */
    public static function shown(string $text): string
    {
        $hidden = '/[\x{0}-\x{1f}\x{7f}-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]/u';
        return (string) preg_replace_callback(
            $hidden,
            // json_encode leaves DEL as it is, and writes an escape for all the others.
            static fn (array $match): string => $match[0] === "\x7f" ? '\u007F'
                : '\u' . strtoupper(substr((string) \json_encode($match[0]), 3, 4)),
            $text,
        );
    }

    /** The exception, with the library's own message where the library has one. */
    private static function refusal(string $field, mixed $flaw): ValidationException
    {
        $functions = Library::functions();
        $error = $functions->new('tpc_error');
        $event = $functions->tpc_event_new();
        if (is_string($flaw)) {
            $functions->tpc_event_set_string_property($event, 'x', 1, $flaw, strlen($flaw), FFI::addr($error));
        } elseif (is_float($flaw)) {
            $functions->tpc_event_set_number_property($event, 'x', 1, $flaw, FFI::addr($error));
        }
        $functions->tpc_event_free($event);
        $reason = FFI::string($error->message);
        return new ValidationException(
            'TPC_ERROR_INVALID_EVENT',
            $field,
            $reason !== '' ? $reason : 'found ' . get_debug_type($flaw) . '; expected what JSON can write',
            $functions->TPC_ERROR_INVALID_EVENT,
        );
    }
}
