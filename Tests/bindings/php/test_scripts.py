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
    collector.mode({"status": 503, "retry_after": 3, "count": 1})  # longer than the two seconds of the default
    text = "Tpc\\Client::shared(['exit_timeout_ms' => 60000])->track(['page' => ['href' => 'https://example.com/']]);"
    assert run(built, tmp_path, collector, text).returncode == 0
    assert pages(collector) == ["/"]


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
