<?php
// SPDX-License-Identifier: Apache-2.0

// What the application does in a case of answered.json, for each framework's site. /answered/NUMBER is the case.
declare(strict_types=1);

final class Steps
{
    /** The status that is announced, and the one that an outer layer announces instead, if there are any. */
    public ?int $status = null;
    public ?int $instead = null;
    /** @var list<string> what comes after that */
    private array $rest = [];
    private int $number;

    public function __construct(string $path)
    {
        $this->number = (int) basename($path);
        $case = json_decode(file_get_contents(getenv('ANSWERED')), true)[$this->number];
        foreach ($case['application'] as $step) {
            if (preg_match('/^announce (\d+)( instead)?$/', $step, $found) !== 1) {
                $this->rest[] = $step;
            } elseif (isset($found[2])) {
                $this->instead = (int) $found[1];
            } else {
                $this->status = (int) $found[1];
            }
        }
    }

    /** Does what is left: in the body's callback or, when nothing is announced, in the controller. */
    public function play(): void
    {
        foreach ($this->rest as $step) {
            match ($step) {
                'send' => self::send(),
                'end' => null,
                'raise' => throw new RuntimeException('raised by the case'),
                'wait for the reader to leave' => self::wait($this->number),
            };
        }
    }

    private static function send(): void
    {
        echo "piece\n";
        flush();
    }

    private static function wait(int $number): void
    {
        touch(getenv('WAITING') . $number);
        for ($i = 0; $i < 12000 && !file_exists(getenv('LEFT') . $number); $i++) {
            usleep(5000);
            clearstatcache();
        }
    }
}
