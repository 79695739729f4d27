"""The PSR-15 middleware, with Debian's PSR-7 messages and the interfaces of PHP's extension psr."""

import json
import pathlib
import subprocess

import pytest

from . import package

SITE = pathlib.Path(__file__).parent / "sites/psr15.php"
AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@pytest.fixture(scope="module")
def extension():
    return next(package.unpacked("php-psr").glob("usr/lib/php/*/psr.so"))


@pytest.fixture
def serve(built, extension, collector, tmp_path):
    """Hands requests to the middleware; returns the pages, and what was written to the error log."""

    def serve(*requests, flags=(), **options):
        variables = package.environment(collector.url, SITE_OPTIONS=json.dumps(options))
        command = ["php", "-d", f"extension={extension}", *flags, SITE, built, *map(json.dumps, requests)]
        result = subprocess.run(command, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, result.stdout + result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()], result.stderr

    return serve


def request(uri, headers=None, method="GET", status=200, server=None):
    return [method, uri, headers or {}, status, server or {}]


def test_a_page_visit_is_tracked_and_its_response_passed_on(serve, collector):
    headers = {"User-Agent": AGENT, "Referer": "https://chatgpt.com/", "Cookie": "session=secret"}
    visit = request("https://example.com/pricing?plan=pro", headers, server={"REMOTE_ADDR": "192.0.2.7"})
    assert serve(visit) == ([[200, "page /pricing"]], "")
    (event,) = [entry["event"] for entry in collector.good()]
    assert event["page"]["href"] == "https://example.com/pricing?plan=pro"
    assert event["request"] == {
        "referrer": "https://chatgpt.com/", "userAgent": AGENT, "clientIp": "192.0.2.7", "method": "GET",
    }  # fmt: skip
    assert "secret" not in json.dumps(collector.all())


def test_requests_that_are_not_page_visits_are_left_out(serve, collector):
    serve(
        request("https://example.com/a", method="POST"),
        request("https://example.com/b", status=404),
        request("https://example.com/c.css"),
        request("https://example.com/d", {"Sec-Purpose": "prefetch"}),
        request("https://example.com/e"),
    )
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/e"]


def test_the_application_adds_to_the_event(serve, collector):
    serve(request("https://example.com/", {"X-Plan": "pro"}))
    (good,) = collector.good()
    assert good["event"]["properties"] == {"status": 200, "plan": "pro"}


def test_the_application_withholds_a_visit(serve, collector):
    asked = serve(request("https://example.com/a", {"X-Plan": "none"}), request("https://example.com/b"))
    assert asked == ([[200, "page /a"], [200, "page /b"]], "")
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/b"]


def test_an_application_that_fails_is_logged_once_and_never_with_its_message(serve, collector):
    pages, log = serve(*[request("https://example.com/a", {"X-Plan": "broken"})] * 2)
    assert pages == [[200, "page /a"]] * 2 and collector.totals()["received"] == 0
    assert log.count("a page visit was not tracked: RuntimeException in ") == 1 and "visitor" not in log


def test_options_go_to_the_client(serve, collector):
    serve(
        request("https://inner/", {"X-Forwarded-For": "198.51.100.9"}, server={"REMOTE_ADDR": "10.0.0.1"}),
        request("https://inner/private/x"),
        trusted_proxies=["private"],
        exclude_paths="/private/*",
    )
    (good,) = collector.good()
    assert good["event"]["request"]["clientIp"] == "198.51.100.9"


def test_the_target_is_what_the_server_saw_when_the_uri_was_rewritten(serve, collector):
    serve(request("https://example.com/rewritten", server={"REQUEST_URI": "/original?x=1"}))
    (good,) = collector.good()
    assert good["event"]["page"]["href"] == "https://example.com/original?x=1"


def test_a_failure_reaches_the_log_once_and_never_the_page(serve, collector):
    pages, log = serve(*[request(f"https://example.com/{number}") for number in range(3)], queue_max_events="many")
    assert pages == [[200, f"page /{number}"] for number in range(3)]
    assert log.count("tpc-events: a page visit was not tracked: queue_max_events: found another value") == 1
    assert collector.totals()["received"] == 0


def test_an_addition_that_no_event_can_have_is_left_out_and_named_by_its_pointer(serve, collector):
    pages, log = serve(*[request("https://example.com/", {"X-Plan": "NAN"})] * 2)
    assert pages == [[200, "page /"]] * 2
    assert log.count("tpc-events: left out of a page visit: /properties/plan: found a number that is not finite") == 1
    assert [entry["event"]["properties"] for entry in collector.good()] == [{"status": 200}] * 2


def test_a_host_that_forbids_what_the_log_needs_has_its_pages_unharmed(serve):
    flags = ["-d", "disable_functions=stream_socket_client,error_log"]
    pages, _ = serve(request("https://example.com/"), flags=flags, queue_max_events="many")
    assert pages == [[200, "page /"]]
