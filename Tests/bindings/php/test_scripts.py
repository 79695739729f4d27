"""Scripts on the command line: however they end, what they queued is delivered."""

import pytest

from . import package

TRACK = "Tpc\\Client::shared()->track(['page' => ['href' => 'https://example.com/{name}']]);"
ENDINGS = {
    "the end of the script": ("", 0),
    "exit with a code": ("exit(3);", 3),
    "an exception that nobody catches": ("throw new RuntimeException('broken');", 255),
    "memory that runs out": ("ini_set('memory_limit', '4M'); str_repeat('x', 1 << 30);", 255),
}


def run(built, folder, collector, text):
    text = f"<?php require '{built}/autoload.php'; {text}"
    return package.run_script(text, folder=folder, variables=package.environment(collector.url), check=False)


def pages(collector):
    return sorted(entry["event"]["page"]["pathname"] for entry in collector.good())


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_shared_client_delivers_at(ending, built, collector, tmp_path):
    text, code = ENDINGS[ending]
    assert run(built, tmp_path, collector, TRACK.format(name="page") + text).returncode == code
    assert pages(collector) == ["/page"]


def test_an_exit_timeout_that_is_given_wins(built, collector, tmp_path):
    collector.mode({"status": 503, "retry_after": 1, "count": 1})  # shorter than the two seconds of the default
    text = "Tpc\\Client::shared(['exit_timeout_ms' => 0])->track(['page' => ['href' => 'https://example.com/']]);"
    assert run(built, tmp_path, collector, text).returncode == 0
    assert pages(collector) == []


def test_a_forked_child_delivers_its_own_events(built, collector, tmp_path):
    child, parent = TRACK.format(name="child"), TRACK.format(name="parent")
    text = f"{TRACK.format(name='before')} $child = pcntl_fork(); if ($child === 0) {{ {child} exit(0); }}"
    text += f"{parent} pcntl_waitpid($child, $status); exit($status);"
    assert run(built, tmp_path, collector, text).returncode == 0
    assert pages(collector) == ["/before", "/child", "/parent"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("null", ["/a"]), ("[]", ["/a"]), ("false", []), ("0", []), ("new ArrayObject", []), ("(fn () => yield false)()", []), ("fn () => false", [])],
)
def test_a_plain_scripts_hook_withholds_a_visit_unless_it_returns_an_array_or_null(answer, expected, built, collector, tmp_path):
    server = "$_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['REQUEST_URI'] = '/a'; $_SERVER['HTTP_HOST'] = 'example.com';"
    run(built, tmp_path, collector, f"{server} Tpc\\Web\\PageVisits::trackAtShutdown([], fn () => {answer});")
    assert pages(collector) == expected


def test_the_agent_of_a_user_agent_is_named(built, collector, tmp_path):
    agents = "Tpc\\AiAgent::find('Mozilla/5.0 (compatible; GPTBot/1.2)'), Tpc\\AiAgent::find('curl/8.0')"
    text = f"echo json_encode([{agents}]);"
    told = run(built, tmp_path, collector, text).stdout
    assert told == '[{"name":"GPTBot","operator":"OpenAI","purpose":"training"},null]'


def test_the_ai_service_that_a_person_comes_from_is_named(built, collector, tmp_path):
    answers = "Tpc\\AiAnswer::find('https://chatgpt.com/'), Tpc\\AiAnswer::find(null, 'https://example.com/')"
    text = f"echo json_encode([{answers}]);"
    told = run(built, tmp_path, collector, text).stdout
    assert told == '[{"name":"ChatGPT","operator":"OpenAI","evidence":"referrer"},null]'


# A worker of RoadRunner, Swoole or FrankenPHP: one script for many requests.
WORKER = """
$options = {options};
try {{ Tpc\\Web\\PageVisits::check($options); }} catch (Tpc\\Exception\\OptionException $refused) {{ exit("refused {{$refused->field}}"); }}
for ($number = 0; $number < {requests}; $number++) {{
    $server = ['REQUEST_METHOD' => 'GET', 'REQUEST_URI' => "/page/$number", 'HTTP_HOST' => 'example.com'];
    Tpc\\Web\\PageVisits::track($options, fn () => Tpc\\Web\\WebRequest::fromServer($server, 200, 'text/html'));
}}
echo 'ended, ', {descriptors};
"""
DESCRIPTORS = "count(scandir('/proc/self/fd'))"


def worker(built, folder, collector, options="[]", requests=50, descriptors="0", **variables):
    text = f"<?php require '{built}/autoload.php';" + WORKER.format(options=options, requests=requests, descriptors=descriptors)
    return package.run_script(text, folder=folder, variables=package.environment(collector and collector.url, **variables))


def test_a_worker_tracks_each_of_its_requests(built, collector, tmp_path):
    assert worker(built, tmp_path, collector).stdout == "ended, 0"
    assert sorted(pages(collector)) == sorted(f"/page/{number}" for number in range(50))


def test_a_worker_holds_no_more_descriptors_after_many_requests(built, collector, tmp_path):
    few, many = (worker(built, tmp_path, collector, requests=n, descriptors=DESCRIPTORS).stdout for n in (5, 500))
    assert abs(int(few.split()[1]) - int(many.split()[1])) <= 10  # connections to the server come and go


@pytest.mark.parametrize("options, field", [("['trustd_proxies' => 'private']", ""), ("['sample_rate' => 7]", "sample_rate")])
def test_a_mistake_in_the_options_is_an_exception_before_the_first_visit(options, field, built, collector, tmp_path):
    told = worker(built, tmp_path, collector, options=options).stdout
    assert told == f"refused {field}" or (field == "" and told.startswith("refused "))


@pytest.mark.parametrize(
    "variables, reason",
    [
        ({}, "api_key: no credential is set"),
        ({"TPC_API_KEY": "key", "TPC_SAMPLE_RATE": "7"}, "TPC_SAMPLE_RATE: found another value; expected a number from 0 to 1"),
        ({"TPC_LIBRARY": "/nonexistent.so"}, "found no libtpc.so.0 that loads"),
    ],
    ids=["a missing key", "a bad value in the environment", "a missing library"],
)
def test_what_the_machine_lacks_is_logged_once_and_everything_else_works(variables, reason, built, tmp_path):
    result = worker(built, tmp_path, None, **variables)
    assert result.stdout == "ended, 0"
    assert result.stderr.count("tpc-events: ") == 1 and reason in result.stderr


def test_a_worker_that_would_track_its_own_end_is_told(built, collector, tmp_path):
    text = "$_SERVER = ['FRANKENPHP_WORKER' => '1', 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/'];"
    result = run(built, tmp_path, collector, text + "Tpc\\Web\\PageVisits::trackAtShutdown();" * 2)
    assert result.stderr.count("tpc-events: ") == 1 and "call Tpc\\Web\\PageVisits::track for each request" in result.stderr
    assert pages(collector) == []


CALLS = {
    "the end of the script": "",
    "flush": "$client->flush(0); $taken = true;",
    "stats": "$client->stats(); $taken = true;",
    "many events": "for ($i = 0; $i < 300; $i++) { $client->track(['page' => ['href' => 'https://example.com/']]); } $taken = true;",
    "a tracked request": "Tpc\\Web\\PageVisits::track([], fn () => ['method' => 'GET', 'target' => '/', 'host' => 'example.com']); $taken = true;",
    "a fatal error": "ini_set('memory_limit', '8M'); str_repeat('x', 1 << 30);",
}


@pytest.mark.parametrize("call", CALLS)
def test_the_librarys_lines_reach_the_error_log_at(call, built, collector, tmp_path):
    log, early = tmp_path / "log", tmp_path / "early"
    text = f"<?php ini_set('error_log', '{log}'); require '{built}/autoload.php';"
    text += f"$client = Tpc\\Client::shared(['dry_run' => true]); {CALLS[call]} isset($taken) && copy('{log}', '{early}');"
    variables = package.environment(collector.url, TPC_TRUSTED_PROXY="private")
    result = package.run_script(text, folder=tmp_path, variables=variables, check=False)
    line = "tpc-events: warn: the variable TPC_TRUSTED_PROXY is not read; did you mean TPC_TRUSTED_PROXIES?"
    assert log.read_text().count(line) == 1 and "TPC_TRUSTED_PROXY" not in result.stderr
    assert early.exists() == ("$taken" in CALLS[call])
