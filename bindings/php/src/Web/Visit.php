<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace Tpc\Web;

use SensitiveParameter;
use Tpc\Client;
use Tpc\Exception\TpcException;
use Tpc\Exception\ValidationException;
use Tpc\LogLines;
use Tpc\Preview;

/**
 * One request on its way to the client: what the application adds, what it changes, and what is left out for being odd.
 *
 * @internal
 */
final class Visit
{
    private Additions $additions;

    /**
     * @param array $request what Client::trackRequest takes
     * @param mixed $added what the application's hook returned
     * @throws TpcException when it is not what a hook may return
     */
    public function __construct(#[SensitiveParameter] private array $options, private array $request, mixed $added)
    {
        $this->additions = match (true) {
            \is_array($added) && ($added === [] || !array_is_list($added)) => Additions::of($added),
            $added === null => Additions::of([]),
            default => throw self::refused('adds to the event', $added),
        };
    }

    /** @throws TpcException when the visit cannot be tracked */
    public function track(?callable $beforeSend): void
    {
        $client = Client::shared($this->options);
        if ($beforeSend === null) {
            try {
                $client->trackRequest($this->described());
            } catch (ValidationException $refusal) {
                $this->leaveOut($refusal);
                $this->sendWithout(fn () => $client->trackRequest($this->described()));
            }
        } else {
            $this->trackChanged($client, $beforeSend);
        }
        foreach ($this->additions->leftOut as $pointer => $flaw) {
            // Each kind that was logged keeps a descriptor, and an application may have any number of names: sixteen for all.
            FailureLog::write('addition-' . crc32($pointer) % 16, "left out of a page visit: $pointer: $flaw; this is logged once");
        }
        $client->passLogLines();
    }

    private function trackChanged(Client $client, callable $beforeSend): void
    {
        $event = $this->sendWithout(fn () => Preview::ofRequest($client, $this->described()));
        if ($event === null) {
            return;
        }
        $answer = $beforeSend($event);
        if (!is_array($answer) || $answer !== [] && array_is_list($answer)) {
            $answer === null || $answer === false || throw self::refused('changes the event', $answer);
            return;
        }
        $leftOut = $this->additions->leftOut;
        $this->additions = Additions::of($answer);
        $this->additions->leftOut += $leftOut;
        $this->sendWithout(fn () => $client->track($this->additions->event));
    }

    private function described(): array
    {
        return $this->additions->event === [] ? $this->request : ['event' => $this->additions->event] + $this->request;
    }

    /** Makes the call; if the library refuses a member that the visit can do without, again without it. */
    private function sendWithout(callable $call): mixed
    {
        while (true) {
            try {
                return $call();
            } catch (ValidationException $refusal) {
                $this->leaveOut($refusal);
            }
        }
    }

    /** @throws ValidationException the refusal, when the visit cannot do without what was refused */
    private function leaveOut(ValidationException $refusal): void
    {
        $this->additions->leaveOut($refusal->field, $refusal->reason) || throw $refusal;
    }

    private static function refused(string $what, mixed $answer): TpcException
    {
        $found = is_array($answer) ? 'a list' : get_debug_type($answer);
        return new TpcException('TPC_ERROR_INVALID_ARGUMENT', '', "the hook that $what returned $found; expected an array, null or false");
    }
}
