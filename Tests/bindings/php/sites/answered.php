<?php
// SPDX-License-Identifier: Apache-2.0

// Does what a case of answered.json says that an application does. The query has the steps, and two FIFOs: one that is opened when
// the reader has left, and one that says, at the end, how many visits were tracked.
declare(strict_types=1);

require getenv('SITE_PACKAGE') . '/autoload.php';

/** Not "fatal" by PHP's own doing: this is how an application ends a page that it cannot finish. */
final class Broken extends RuntimeException
{
}

$step = static fn (string $step): mixed => match ($step) {
    'announce 200', 'announce 200 instead' => http_response_code(200),
    'announce 304' => http_response_code(304),
    'announce 404' => http_response_code(404),
    'announce 500', 'announce 500 instead' => http_response_code(500),
    'send' => print(str_repeat('a part of a page ', 1000)),
    'flush' => flush(),
    'wait for the reader to leave' => file_get_contents($_GET['left']),
    'raise' => throw new Broken('the page cannot be finished'),
    'exit' => exit,
    'fatal error' => eval('class Broken {}'),
    'buffer' => ob_start(),
    'show errors' => ini_set('display_errors', '1'),
    'end' => null,
};

Tpc\Web\PageVisits::trackAtShutdown();
register_shutdown_function(static function (): void {
    $client = Tpc\Client::shared();
    $client->flush(60000);
    file_put_contents($_GET['ended'], json_encode($client->stats()));
});
array_map($step, json_decode($_GET['steps']));
