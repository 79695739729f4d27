<?php
// SPDX-License-Identifier: Apache-2.0

// What one event costs a PHP script: the array of 13 fields and 3 properties is made and given to track(), while the server
// hangs. A clock is read around every event, and nothing is subtracted.
//
//     php benchmarks/bindings/php_enqueue.php [-n EVENTS] [-r ROUNDS] [-u URL]
//
// Prints one JSON object. Without -u it is its own hung server: it listens and never answers.
declare(strict_types=1);

require dirname(__DIR__, 2) . '/bindings/php/autoload.php';

use Tpc\Client;

getenv('TPC_LIBRARY') !== false || putenv('TPC_LIBRARY=' . dirname(__DIR__, 2) . '/build/lib/libtpc.so.0');

const PAGES = [
    ['/guides/quickstart', '?step=2', 'Quickstart: install and send a request'],
    ['/guides/webhooks', '?page=31', 'Webhooks: receive what happened, in order'],
    ['/reference/errors', '?code=9', 'Errors: what each of the codes stands for'],
    ['/pricing/calculator', '?n=25', 'Pricing: what a month of use will cost'],
];
const AGENT = 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)';
const SITE = 'https://docs.example.com';

/** The values that a host has when a page is visited. */
function visit(int $number): array
{
    [$path, $query, $title] = PAGES[$number % 4];
    return [
        sprintf('2026-03-02T09:%02d:%02d.%03dZ', intdiv($number, 60000) % 60, intdiv($number, 1000) % 60, $number % 1000),
        sprintf('0195565c-7d3a-7b1e-9c4f-%012x', $number), SITE . $path . $query, $path, $title, SITE . $path,
    ];
}

/** A client whose first request is under way, and so waits for a server that will not answer. */
function hung_client(string $url, int $room): Client
{
    $client = new Client([
        'base_url' => $url, 'api_key' => 'tpc_benchmark_0123456789abcdef0123456789abcdef', 'log_level' => 'off',
        'queue_max_events' => $room, 'queue_max_bytes' => $room * 2048 + 4096, 'request_timeout_ms' => 600000,
    ]);
    $client->track(['page' => ['href' => SITE . '/']]);
    for ($i = 0; $client->stats()['in_flight'] === 0; $i++) {
        $i < 5000 || exit("no request was under way after 5 s\n");
        usleep(1000);
    }
    return $client;
}

/** Enqueues as many events as there are visits; returns what each took, in nanoseconds. */
function run_round(Client $client, array $visits): array
{
    $samples = [];
    foreach ($visits as [$time, $id, $href, $path, $title, $canonical]) {
        $start = hrtime(true);
        $client->track([
            'event' => 'page_visit',
            'occurredAt' => $time,
            'eventId' => $id,
            'sessionId' => 'session-5f0c2d9a71',
            'anonymousId' => 'visitor-8b64e01c3d',
            'page' => [
                'href' => $href, 'domain' => 'docs.example.com', 'pathname' => $path, 'title' => $title,
                'canonicalUrl' => $canonical,
            ],
            'request' => [
                'referrer' => 'https://chatgpt.com/', 'userAgent' => AGENT, 'clientIp' => '203.0.113.77', 'method' => 'GET',
            ],
            'properties' => ['plan' => 'enterprise', 'status' => 200, 'cached' => true],
        ]);
        $samples[] = hrtime(true) - $start;
    }
    return $samples;
}

function clock_cost(): int
{
    $samples = [];
    for ($i = 0; $i < 10000; $i++) {
        $start = hrtime(true);
        $samples[] = hrtime(true) - $start;
    }
    sort($samples);
    return $samples[5000];
}

$arguments = getopt('n:r:u:');
$events = (int) ($arguments['n'] ?? 9000);
$rounds = (int) ($arguments['r'] ?? 10);
$listener = stream_socket_server('tcp://127.0.0.1:0');
$url = $arguments['u'] ?? 'http://' . stream_socket_get_name($listener, false);

$visits = array_map(visit(...), range(1, $events));
$samples = $medians = [];
for ($round = 0; $round < $rounds; $round++) {
    $client = hung_client($url, $events + 10);
    $taken = run_round($client, $visits);
    $client->close(0);
    sort($taken);
    $medians[] = $taken[intdiv($events, 2)];
    array_push($samples, ...$taken);
}
sort($samples);
echo json_encode([
    'binding' => 'php',
    'events' => count($samples),
    'median_ns' => $samples[intdiv(count($samples), 2)],
    'p99_ns' => $samples[intdiv(count($samples) * 99, 100)],
    'best_round_median_ns' => min($medians),
    'clock_ns' => clock_cost(),
    'opcache' => (bool) (opcache_get_status(false)['opcache_enabled'] ?? false),
    'jit' => (bool) (opcache_get_status(false)['jit']['on'] ?? false),
]), "\n";
