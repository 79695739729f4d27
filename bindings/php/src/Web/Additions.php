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
 * a member of `request` is then sent as null, and an odd page.href withholds the visit.
 *
 * @internal
 */
final class Additions
{
    /** The contract's objects, and whether they have texts only. */
    private const OBJECTS = ['page' => true, 'request' => true, 'sdk' => true, 'properties' => false];

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
            if (\is_string($value) || $value === null) {
                $made->event[$name] = $value;
            } elseif (isset(self::OBJECTS[$name])) {
                $made->event[$name] = \is_array($value) ? $made->members($value, $name) : $value;
            } else {
                $made->add($made->event, '', $name, $value, true);
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
        if (count($names) > 3 || $pointer === '/page/href' || !array_key_exists($object, $this->event)) {
            return false;
        }
        if (count($names) === 2) {
            unset($this->event[$object]);
        } elseif (is_array($this->event[$object]) && array_key_exists($member, $this->event[$object])) {
            $members = $this->event[$object];
            $isHidden = $object === 'request' && $members[$member] !== null;
            unset($members[$member]);
            $this->event[$object] = $isHidden ? [$member => null] + $members : $members;
        } else {
            return false;
        }
        $this->leftOut[$pointer] = $reason;
        return true;
    }

    private function members(array $given, string $object): array
    {
        $areTexts = self::OBJECTS[$object];
        $members = [];
        foreach ($given as $name => $value) {
            // Nearly all are as they should be.
            if (\is_string($value) || $value === null || !$areTexts && (\is_int($value) || \is_bool($value))) {
                $members[$name] = $value;
                continue;
            }
            $this->add($members, "/$object", $name, $value, $areTexts);
        }
        return $members;
    }

    /** Adds the member, converted; or notes that it is left out. */
    private function add(array &$members, string $path, string|int $name, mixed $value, bool $isText): void
    {
        [$converted, $flaw] = self::converted($value, $isText);
        if ($flaw === null || "$path/$name" === '/page/href') {
            $members[$name] = $converted;
            return;
        }
        if ($path === '/request') {
            $members[$name] = null;
        }
        $this->leftOut[Json::shown("$path/" . strtr((string) $name, ['~' => '~0', '/' => '~1']))] = $flaw;
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
