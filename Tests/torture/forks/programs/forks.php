<?php
// SPDX-License-Identifier: Apache-2.0

// What forks.c does, from PHP, which has no threads of its own: forks beside a live sender and a queue that is never empty.
//
//     forks.php CHILDREN URL_OF_A_SERVER_THAT_HANGS
//
// What a child does goes by its number (see start). Every sender prints its name and how many events it had accepted.
declare(strict_types=1);

use Tpc\Client;
use Tpc\Exception\QueueFullException;

require getenv('TPC_PHP_AUTOLOAD');

const PATIENCE_MS = 60000;
const AT_ONCE = 5;
const HUNG = 10;
// What a child becomes that execs: it has got no connection of the library's.
const INSPECT = 'exit((int) str_contains(implode(" ", array_map(fn ($one) => @readlink("/proc/self/fd/$one"),
    scandir("/proc/self/fd"))), "socket:"));';

function expect(bool $is, string $what): void
{
    if (!$is) {
        fwrite(STDERR, "not so: $what\n");
        exit(1);
    }
}

// In one piece: other processes write to the same pipe.
function say(string $sender, int $count): void
{
    fwrite(STDOUT, "$sender $count\n");
}

function trackOne(Client $client, string $sender, int $number): void
{
    $client->track(['eventId' => "$sender-$number", 'page' => ['href' => 'https://example.com/']]);
}

function trackSome(Client $client, string $sender): void
{
    for ($number = 0; $number < 3; $number++) {
        trackOne($client, $sender, $number);
    }
    say($sender, 3);
}

function expectNothingOfTheParents(Client $client): void
{
    $found = $client->stats();
    expect($found['accepted'] + $found['pending'] + $found['requests'] + $found['in_flight'] === 0, 'an empty client');
}

function sends(Client $client, string $name): void
{
    expectNothingOfTheParents($client);
    trackSome($client, $name);
    expect($client->flush(PATIENCE_MS) === 0, 'all is delivered');
    expect($client->close(PATIENCE_MS) === 0, 'nothing is left');
}

function startChild(callable $be): int
{
    $pid = pcntl_fork();
    expect($pid >= 0, 'a fork');
    if ($pid > 0) {
        return $pid;
    }
    pcntl_alarm(2 * PATIENCE_MS / 1000);
    $be();
    exit(0);
}

function expectEnd(int $pid): void
{
    expect(pcntl_waitpid($pid, $status) === $pid && $status === 0, "child $pid ends well: $status");
}

function start(Client $client, Client $hung, string $name, int $kind): int
{
    return startChild(match ($kind) {
        0 => fn () => sends($client, $name),
        1 => fn () => expectNothingOfTheParents($client),
        // Its exit delivers.
        2 => fn () => trackSome($client, $name),
        3 => function () use ($client, $name) {
            trackSome($client, $name);
            expectEnd(startChild(fn () => sends($client, "grand$name")));
            expect($client->close(PATIENCE_MS) === 0, 'nothing is left');
        },
        4 => function () use ($client, $hung, $name) {
            expectNothingOfTheParents($hung);
            trackOne($hung, $name, 0);
            expect($hung->flush(50) === 1 && $hung->close(50) === 1, 'a server that hangs');
            sends($client, $name);
        },
        5 => fn () => pcntl_exec(PHP_BINARY, ['-n', '-r', INSPECT]),
    });
}

function fill(Client $client, int &$count): void
{
    while (true) {
        try {
            trackOne($client, 'parent', $count);
            $count++;
        } catch (QueueFullException) {
            return;
        }
    }
}

$client = new Client();
$hung = new Client(['base_url' => $argv[2], 'exit_timeout_ms' => 0]);
for ($number = 0; $number < HUNG; $number++) {
    trackOne($hung, 'parent-hung', $number);
}
$accepted = 0;
$started = [];
for ($number = 0; $number < (int) $argv[1]; $number++) {
    fill($client, $accepted);
    $started[] = start($client, $hung, "child-$number", $number % 6);
    if (count($started) === AT_ONCE) {
        expectEnd(array_shift($started));
    }
}
array_map(expectEnd(...), $started);
say('parent', $accepted);
expect($hung->close(0) === HUNG, 'what hangs is left');
expect($client->close(PATIENCE_MS) === 0, 'nothing is left');
