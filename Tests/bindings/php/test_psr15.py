"""The PSR-15 middleware, with Debian's PSR-7 messages and the interfaces of PHP's extension psr.

Debian has no PSR-15 framework (its Slim is of the time before), so psr15_web.php has a dispatcher and an emitter of its own.
"""

import json
import pathlib
import subprocess

import pytest

from . import answered, package
from .builtin_site import BuiltinSite

SITE = pathlib.Path(__file__).parent / "sites/psr15.php"
WEB_SITE = SITE.with_name("psr15_web.php")
AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@pytest.fixture(scope="module")
def extension():
    return next(package.unpacked("php-psr").glob("usr/lib/php/*/psr.so"))


@pytest.fixture
def serve(built, extension, collector, tmp_path):
    """Hands requests to the middleware; returns the pages, and what was written to the error log."""

    def serve(*requests, flags=(), variables=None, **options):
        variables = package.environment(collector.url, **{"SITE_OPTIONS": json.dumps(options), **(variables or {})})
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


def serve_wrong(serve, **options):
    """What the constructor said about these options."""
    with pytest.raises(AssertionError) as failure:
        serve(request("https://example.com/"), **options)
    return str(failure.value)


def test_a_wrong_name_is_an_error_when_the_middleware_is_made(serve):
    text = serve_wrong(serve, trustd_proxies="private")
    assert "OptionException: trustd_proxies: is not an option; did you mean trusted_proxies?" in text


def test_a_wrong_value_is_an_error_when_the_middleware_is_made(serve):
    text = serve_wrong(serve, queue_max_events="many")
    assert "OptionException: queue_max_events: found another value" in text


def test_a_missing_key_is_logged_once_and_the_pages_are_unharmed(serve):
    pages, log = serve(*[request(f"https://example.com/{number}") for number in range(3)], variables={"TPC_API_KEY": ""})
    assert pages == [[200, f"page /{number}"] for number in range(3)]
    assert log.count("tpc-events: ") == 1 and "api_key: no credential is set" in log


def test_a_hook_changes_the_event_or_drops_it(serve, collector):
    serve(*[request(f"https://example.com/{name}") for name in ("a", "drop", "b")], variables={"BEFORE_SEND": "1"})
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/a", "/b"]
    assert all(entry["event"]["properties"]["seen"] is True for entry in collector.good())


def test_a_request_is_counted_once_however_often_the_middleware_is_added(serve, collector):
    serve(request("https://example.com/a"), request("https://example.com/b"), variables={"TWICE": "1"})
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/a", "/b"]


def test_a_key_that_only_a_dotenv_file_sets_counts(serve, collector):
    serve(request("https://example.com/a"), variables={"TPC_API_KEY": "", "DOTENV": json.dumps({"TPC_API_KEY": package.KEY})})
    assert len(collector.good()) == 1


@pytest.fixture(scope="module")
def answers(built, extension, collector_process, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PACKAGE", str(built))
        return answered.visits(WEB_SITE, collector_process, tmp_path_factory.mktemp("answered"), f"extension={extension}")


@pytest.mark.parametrize("case", answered.CASES, ids=answered.TITLES)
def test_what_was_sent_is_what_counts(case, answers):
    assert (case["title"] in answers) is case["visit"]


def test_a_request_of_the_application_to_itself_is_a_part_of_the_visit(built, extension, collector):
    variables = package.environment(collector.url, PACKAGE=str(built), TPC_EXIT_TIMEOUT_MS="60000")
    with BuiltinSite(WEB_SITE, variables, "ffi.enable=true", f"extension={extension}") as site:
        assert site.get("/asks-itself") == (200, "inner")
        assert site.get("/last") == (200, "page /last")
    assert [entry["event"]["page"]["pathname"] for entry in collector.good()] == ["/asks-itself", "/last"]


def test_an_addition_that_no_event_can_have_is_left_out_and_named_by_its_pointer(serve, collector):
    pages, log = serve(*[request("https://example.com/", {"X-Plan": "NAN"})] * 2)
    assert pages == [[200, "page /"]] * 2
    assert log.count("tpc-events: left out of a page visit: /properties/plan: found a number that is not finite") == 1
    assert [entry["event"]["properties"] for entry in collector.good()] == [{"status": 200}] * 2


def test_a_host_that_forbids_what_the_log_needs_has_its_pages_unharmed(serve):
    flags = ["-d", "disable_functions=stream_socket_client,error_log"]
    pages, _ = serve(request("https://example.com/", {"X-Plan": "broken"}), flags=flags)
    assert pages == [[200, "page /"]]
