<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc;

use FFI;
use Tpc\Exception\TpcException;

/**
 * What a client is made of, and what only this package calls.
 *
 * @internal
 * @phpstan-import-type TpcOptions from Options
 */
trait ClientInternals
{
    /** What takes events in the library's stead: a test, or nothing at all on a system without the library. */
    private static ?Intake $instead = null;

    /** Not set on a system that cannot have the library. */
    private FFI $functions;
    private FFI\CData $client;
    private FFI\CData $error;
    private FFI\CData $errorAddress;
    /** Where a call says which rule left a request out: made once, since that costs more than it takes to use it. */
    private FFI\CData $leftOut;
    private bool $isShared = false;
    private bool $isOpen = false;
    /** Counts down to the next look for log lines. */
    private int $eventsToLook = self::EVENTS_BETWEEN_LOOKS;
    /** @var TpcOptions those that were given, without credentials */
    private array $options = [];

    /** Makes a call that waits. Running out of time is not a failure: the count says how many events are left. */
    private function wait(string $call, int $timeoutMs): int
    {
        if (!$this->hasLibrary()) {
            return 0;
        }
        $left = $this->functions->new('size_t');
        $code = $this->functions->$call($this->client, self::accepted($timeoutMs), FFI::addr($left));
        LogLines::pass($this->functions);
        if ($code !== $this->functions->TPC_ERROR_TIMEOUT) {
            $this->check($code, false);
        }
        return $left->cdata;
    }

    /** A time as the library takes it: its numbers are shorter than PHP's, and FFI would cut off what is more. */
    private static function accepted(int $timeoutMs): int
    {
        return max(-1, min($timeoutMs, 0x7FFFFFFF));
    }

    /** @param bool $hasError whether the call took the tpc_error */
    private function check(int $code, bool $hasError = true): void
    {
        if ($code !== 0) {
            throw TpcException::from($this->functions, $code, $hasError ? $this->error : null);
        }
    }

    /**
     * Has something else take the events of all clients from now on; null: the library.
     *
     * @internal
     * @return Intake|null what took them before
     */
    public static function redirect(?Intake $instead): ?Intake
    {
        [$before, self::$instead] = [self::$instead, $instead];
        SharedClients::forget();
        return $before;
    }

    /**
     * @internal
     * @return TpcOptions the options that were given
     */
    public function options(): array
    {
        return $this->options;
    }

    /**
     * @internal for calls that belong to a client
     * @return array{FFI, FFI\CData, FFI\CData, FFI\CData} the functions, the client, its tpc_error and the address of that
     */
    public function handles(): array
    {
        return [$this->functions, $this->client, $this->error, $this->errorAddress];
    }

    /** @internal false on a system that cannot have the library, where nothing is tracked */
    public function hasLibrary(): bool
    {
        return isset($this->functions);
    }

    /** @internal false once this object has closed it */
    public function isOpen(): bool
    {
        return $this->isOpen;
    }

    /** @internal passes the library's log lines to PHP's error log */
    public function passLogLines(): void
    {
        if ($this->hasLibrary()) {
            LogLines::pass($this->functions);
        }
    }
}
