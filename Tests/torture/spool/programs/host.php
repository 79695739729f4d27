<?php
// SPDX-License-Identifier: Apache-2.0

// What host.c does, from PHP.
declare(strict_types=1);

use Tpc\Client;
use Tpc\Exception\QueueFullException;

require getenv('TPC_PHP_AUTOLOAD');

$name = $argv[1];
$limit = (int) ($argv[2] ?? PHP_INT_MAX);
$ended = false;
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use (&$ended): void {
    $ended = true;
});

// Unbuffered, as every stream of PHP's is that it writes to: in one piece.
function say(string $line): void
{
    fwrite(STDOUT, "$line\n");
}

$client = new Client();
$number = 0;
$unspooled = 0;
while (!$ended && $number < $limit) {
    for ($burst = random_int(1, 8); $burst > 0 && $number < $limit; $burst--) {
        $accepted = true;
        try {
            $client->track(['eventId' => "$name-$number", 'page' => ['href' => 'https://example.com/']]);
        } catch (QueueFullException) {
            $accepted = false;
        }
        $now = $client->stats()['unspooled'];
        if ($accepted) {
            say(($now === $unspooled ? '+' : '~') . "$name-$number");
        }
        $unspooled = $now;
        $number++;
    }
    usleep(random_int(0, 24000));
}
say('=' . json_encode(['name' => $name] + $client->stats()));
$client->close(20000);
