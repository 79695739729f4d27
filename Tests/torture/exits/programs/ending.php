<?php
// SPDX-License-Identifier: Apache-2.0

// Ends in the way that its first argument names, with 20 events tracked: what ending.c does, in PHP.
declare(strict_types=1);

require getenv('TPC_PHP_AUTOLOAD');

$client = Tpc\Client::shared(['report_capacity' => 100]);
for ($number = 0; $number < 20; $number++) {
    $client->track(['eventId' => "end-$number", 'page' => ['href' => 'https://example.com/']]);
}
echo "tracked\n";

function waitForSignal(callable|int $handler): void
{
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, $handler);
    echo "waiting\n";
    while (true) {
        usleep(100000);
    }
}

function byExitAfterAChild(): never
{
    $pid = pcntl_fork();
    if ($pid === 0) {
        exit(0);
    }
    pcntl_waitpid($pid, $status);
    exit(7 + $status);
}

function byExitWithReportsPending(Tpc\Client $client): never
{
    $client->flush(200);
    exit(7);
}

function exitAfter(string $line): never
{
    echo "$line\n";
    exit(7);
}

match ($argv[1]) {
    'by_return' => null,
    'by_exit' => exit(7),
    'by_kill' => posix_kill(posix_getpid(), SIGKILL),
    'by_an_exception' => throw new RuntimeException('a fault of the application'),
    'by_a_fatal_error' => str_repeat('x', PHP_INT_MAX),
    'by_sigterm' => waitForSignal(SIG_DFL),
    'by_exit_in_a_handler_of_sigterm' => waitForSignal(fn () => exit(7)),
    'by_exec' => pcntl_exec('/bin/sh', ['-c', 'exit 7']),
    'by_exit_after_a_child_s' => byExitAfterAChild(),
    'by_exit_with_reports_pending' => byExitWithReportsPending($client),
    'by_close_without_time' => exitAfter('undelivered: ' . $client->close(0)),
};
