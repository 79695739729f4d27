<?php
// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and waits up to five seconds for its delivery.
//
//     TPC_API_KEY=... php page_visit.php                                          with Composer
//     TPC_API_KEY=... php page_visit.php packages/tpc-events/autoload.php         without it
require $argv[1] ?? 'vendor/autoload.php';

// Takes its options from the environment: TPC_API_KEY and so on. A web page uses Tpc\Client::shared() instead.
$client = new Tpc\Client();
// One event per request. A wrong value is refused here; fields that are not given stay absent.
$client->track([
    'page' => ['href' => 'https://docs.example.com/quickstart'],
    'request' => ['userAgent' => 'page_visit.php'],
    'properties' => ['status' => 200],
]);
// At the end: delivers what is queued, and returns how many events could not be delivered.
$undelivered = $client->close(5000);
if ($undelivered > 0) {
    fwrite(STDERR, "not delivered: $undelivered\n");
    exit(1);
}
echo "one page visit was delivered\n";
