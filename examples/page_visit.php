<?php
// SPDX-License-Identifier: Apache-2.0

// Sends one page visit and waits up to five seconds for its delivery.
//
//     TPC_API_KEY=... php page_visit.php                                          with Composer
//     TPC_API_KEY=... php page_visit.php packages/tpc-events/autoload.php         without it
require $argv[1] ?? 'vendor/autoload.php';

// The options of the environment, TPC_API_KEY and the like. A web page takes Tpc\Client::shared() instead.
$client = new Tpc\Client();
// Each request is an event. A wrong value is refused here, at once; what is not given stays absent.
$client->track([
    'page' => ['href' => 'https://docs.example.com/quickstart'],
    'request' => ['userAgent' => 'page_visit.php'],
    'properties' => ['status' => 200],
]);
// At the end: deliver what is queued, or say how much could not be.
$undelivered = $client->close(5000);
if ($undelivered > 0) {
    fwrite(STDERR, "not delivered: $undelivered\n");
    exit(1);
}
echo "one page visit was delivered\n";
