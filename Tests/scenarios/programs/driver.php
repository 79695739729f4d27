<?php
// SPDX-License-Identifier: Apache-2.0

// Carries out the calls of the scenarios with the PHP package: one JSON object a line in, one per line out.
declare(strict_types=1);

require dirname(__DIR__, 3) . '/bindings/php/autoload.php';

use Tpc\AiAgent;
use Tpc\AiAnswer;
use Tpc\Client;
use Tpc\Exception\TpcException;

/** The members that PHP's arrays write as objects. */
const OBJECTS = ['page', 'request', 'sdk', 'properties'];

function names_of_environment(): array
{
    return preg_grep('/^(TPC|THE_PROMPTING_COMPANY)_/', array_keys(getenv()));
}

/** A client as a script makes it. Without the environment means: with one that has no option. */
function open(stdClass $request): Client
{
    $kept = [];
    foreach (($request->environment ?? true) ? [] : names_of_environment() as $name) {
        if ($name !== 'TPC_LIBRARY') {
            $kept[] = $name . '=' . getenv($name);
            putenv($name);
        }
    }
    try {
        return new Client((array) $request->options);
    } finally {
        array_map(putenv(...), $kept);
    }
}

/** The event as a PHP program would write it: arrays for the contract's objects. */
function arrays(stdClass $event): array
{
    return array_map(static fn ($member) => $member instanceof stdClass ? (array) $member : $member, (array) $event);
}

/** PHP has one type for lists and maps, so that a list where an object belongs can only be written as JSON. */
function has_list_for_object(array $event): bool
{
    $isList = static fn (string $name): bool => is_array($event[$name] ?? null) && array_is_list($event[$name]);
    return array_filter(OBJECTS, $isList) !== [];
}

function track(Client $client, stdClass $event): array
{
    if (has_list_for_object((array) $event)) {
        $client->trackJson(json_encode((object) ((array) $event + ['event' => 'page_visit'])));
    } else {
        $client->track(arrays($event));
    }
    return [];
}

function track_json(Client $client, string $text): array
{
    $client->trackJson($text);
    return [];
}

function track_request(Client $client, stdClass $request): array
{
    $request = arrays($request);
    if (is_array($request['event'] ?? null)) {
        $request['event'] = arrays((object) $request['event']);
    }
    return ['left_out' => $client->trackRequest($request)];
}

function agent(?AiAgent $agent): ?array
{
    return $agent === null
        ? null
        : ['name' => $agent->name, 'operator' => $agent->operator, 'purpose' => $agent->purpose];
}

function ai_answer(?AiAnswer $answer): ?array
{
    return $answer === null
        ? null
        : ['name' => $answer->name, 'operator' => $answer->operator, 'evidence' => $answer->evidence];
}

function reports(Client $client): array
{
    $reports = [];
    foreach ($client->reports() as $report) {
        $reports[] = [
            'outcome' => $report->outcome, 'event_id' => $report->eventId, 'http_status' => $report->httpStatus,
            'attempts' => $report->attempts, 'code' => $report->code, 'message' => $report->message,
            'details' => $report->details, 'received_at' => $report->receivedAt,
        ];
    }
    return $reports;
}

/** What came to PHP's error log since the last call. */
function log_lines(): array
{
    $text = file_get_contents(ini_get('error_log'));
    file_put_contents(ini_get('error_log'), '');
    preg_match_all('/^\[[^]]*\] tpc-events: (.*)$/m', $text, $found);
    return $found[1];
}

function answer(stdClass $request, ?Client &$client): array
{
    if ($request->call === 'open') {
        $client = null;
        if (($request->options->log_descriptor ?? null) === -1) {
            ini_set('error_log', stream_get_meta_data($GLOBALS['log'] = tmpfile())['uri']);
        }
        $client = open($request);
        return [];
    }
    if ($request->call === 'release') {
        $client = null;
        return [];
    }
    return match ($request->call) {
        'ai_agent' => ['agent' => agent(AiAgent::find($request->user_agent))],
        'ai_answer' => ['answer' => ai_answer(AiAnswer::find($request->referrer, $request->href))],
        'track' => track($client, $request->event),
        'track_json' => track_json($client, $request->text),
        'track_request' => track_request($client, $request->request),
        'flush' => ['pending' => $client->flush($request->timeout_ms)],
        'close' => ['undelivered' => $client->close($request->timeout_ms)],
        'log' => ['log' => log_lines()],
        'stats' => ['stats' => $client->stats()],
        'reports' => ['reports' => reports($client)],
    };
}

$client = null;
while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = ['ok' => true] + answer(json_decode($line, false, 2048, JSON_THROW_ON_ERROR), $client);
    } catch (TpcException $error) {
        $answer = ['error' => ['code' => $error->status, 'field' => $error->field, 'message' => $error->reason]];
    }
    fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR) . "\n");
}
