<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use BackedEnum;
use DateTimeInterface;
use JsonSerializable;
use Stringable;
use Throwable;
use Tpc\Json;
use UnitEnum;

/**
 * What an application's hook says about a visit. A value that the contract has no type for is converted where it is plain what
 * is meant. Otherwise it is left out, so that the visit is not lost for it. It may be there to hide what the request itself says:
 * a member of `request` is then sent as null, and an odd page, page.href or request withholds the visit.
 *
 * @internal
 */
final class Additions
{
    /** What the request says would take their place, and the application may have wanted to hide it: without these, nothing is sent. */
    private const HIDING = ['/page', '/page/href', '/request'];
    /** The contract's objects, with those of their members that are texts. */
    private const TEXTS = [
        'page' => ['href', 'domain', 'pathname', 'title', 'canonicalUrl'],
        'request' => ['referrer', 'userAgent', 'clientIp', 'method'],
        'sdk' => ['name', 'version', 'runtime'],
        'properties' => [],
    ];
    private const IDS = ['eventId', 'sessionId', 'anonymousId'];

    /** @var array<string, string> what was found and what is accepted, by the pointer of each member that was left out */
    public array $leftOut = [];

    private function __construct(public array $event)
    {
    }

    /** The additions in the contract's types. What was given stays as it is. */
    public static function of(array $given): self
    {
        $made = new self([]);
        foreach ($given as $name => $value) {
            if (\is_array($value) && isset(self::TEXTS[$name])) {
                $made->event[$name] = $made->members($value, $name);
            } elseif (\is_string($value) || !\in_array($name, self::IDS, true)) {
                $made->event[$name] = $value;
            } else {
                [$converted, $flaw] = self::converted($value, true);
                $flaw === null ? $made->event[$name] = $converted : $made->leftOut["/$name"] = $flaw;
            }
        }
        return $made;
    }

    /**
     * Leaves out the member that was refused.
     *
     * @return bool false when the visit cannot be sent without it, or it is not there
     */
    public function leaveOut(string $pointer, string $reason): bool
    {
        $names = array_map(static fn (string $name): string => strtr($name, ['~1' => '/', '~0' => '~']), explode('/', $pointer));
        [, $object, $member] = $names + [1 => '', ''];
        if (\in_array($pointer, self::HIDING, true) || count($names) > 3 || !array_key_exists($object, $this->event)) {
            return false;
        }
        if (count($names) === 2) {
            unset($this->event[$object]);
        } elseif (is_array($this->event[$object]) && array_key_exists($member, $this->event[$object])) {
            $members = $this->event[$object];
            if ($object === 'request' && $members[$member] !== null) {
                $members[$member] = null; // rather than what the request says
            } else {
                unset($members[$member]);
            }
            $this->event[$object] = $members;
        } else {
            return false;
        }
        $this->leftOut[$pointer] = $reason;
        return true;
    }

    private function members(array $given, string $object): array
    {
        $texts = self::TEXTS[$object];
        $members = [];
        foreach ($given as $name => $value) {
            // Nearly all are as they should be.
            if (\is_string($value) || $value === null || $texts === [] && (\is_int($value) || \is_bool($value))) {
                $members[$name] = $value;
                continue;
            }
            $isText = \in_array($name, $texts, true);
            [$converted, $flaw] = $isText || $texts === [] ? self::converted($value, $isText) : [$value, null];
            $path = $flaw === null ? '' : "/$object/" . strtr((string) $name, ['~' => '~0', '/' => '~1']);
            if ($flaw === null || $path === '/page/href') {
                $members[$name] = $converted;
                continue;
            }
            $this->leftOut[Json::shown($path)] = $flaw;
            if ($object === 'request') {
                $members[$name] = null; // rather than what the request says
            }
        }
        return $members;
    }

    /** @return array{mixed, string|null} the value in one of the contract's types; else as it is, and what was found */
    private static function converted(mixed $value, bool $isText): array
    {
        try {
            $plain = match (true) {
                $value instanceof DateTimeInterface => Json::time($value),
                $value instanceof BackedEnum => $value->value,
                $value instanceof UnitEnum => $value->name,
                $value instanceof Stringable => (string) $value,
                $value instanceof JsonSerializable => $value->jsonSerialize(),
                default => $value,
            };
        } catch (Throwable $failure) {
            return [$value, 'found ' . get_debug_type($value) . ', which fails with ' . get_debug_type($failure)];
        }
        return match (true) {
            is_float($plain) && !is_finite($plain) => [$value, 'found a number that is not finite'],
            $isText && (is_int($plain) || is_float($plain)) => [(string) $plain, null],
            $plain === null, is_string($plain), is_int($plain), is_float($plain) => [$plain, null],
            is_bool($plain) && !$isText => [$plain, null],
            default => [$value, 'found ' . get_debug_type($value)],
        };
    }
}
