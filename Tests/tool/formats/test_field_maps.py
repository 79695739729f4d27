# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay --format: field maps, and servers' templates of JSON."""

import json

import pytest

from tool.formats.json_logs import AGENT, event, text

SITE = ("--site", "https://example.com")


@pytest.fixture
def read(tool):
    """Shows the events of lines, without what is not from the log."""

    def show(literal, *lines):
        result = tool.run("replay", "-", *SITE, "--dry-run", "--format", literal, input=list(lines))
        assert result.code == 0, result.errors
        return [{name: value for name, value in shown.items() if name not in ("eventId", "sdk")} for shown in result.events]

    return show


@pytest.fixture
def refusal(tool):
    """The first line that is printed about a format that is refused."""

    def show(literal):
        result = tool.run("replay", "-", *SITE, "--dry-run", "--format", literal, input="{}\n")
        assert (result.code, result.output) == (2, "")
        return result.errors.splitlines()[0].removeprefix("tpc-events: ").partition("; see tpc-events ")[0]

    return show


LINE = {
    "@t": {"ms": 1795428000123}, "peers": ["192.0.2.1:4711", "10.0.0.1"], "http.host": "example.com", "proto": "https",
    "req": [{"m": "GET", "u": "/docs?a=1"}], "st": "200", "len": 5120, "ua": AGENT.replace(" ", "%20"),
    "ref": "https://chatgpt.com/", "a/b~c": "id",
}  # fmt: skip
MAP = {
    "time": "@t.ms", "client": "peers[0]", "host": "/http.host", "scheme": "proto", "method": "req[0].m", "target": "/req/0/u",
    "status": "st",
    "bytes": "len", "user_agent": ["missing", "ua"], "referrer": "ref", "request_id": "/a~1b~0c", "text_form": "percent_encoded",
    "time_form": "milliseconds",
}  # fmt: skip


def test_a_field_map_says_where_a_log_has_what(read):
    assert read(json.dumps(MAP), text(LINE)) == [event()]


def test_a_member_with_a_dollar_in_its_name_is_not_a_variable(read):
    line = {**LINE, "@t": {"$date": "2026-11-23T10:00:00.123Z"}}
    assert read(json.dumps({**MAP, "time": "@t.$date", "time_form": "iso"}), text(line)) == [event()]


def test_the_first_path_that_has_a_text_counts(read):
    lines = [text(LINE, missing=value) for value in ("first", "", None, "-", {"a": 1})]
    assert [shown["request"]["userAgent"] for shown in read(json.dumps(MAP), *lines)] == ["first"] + [AGENT] * 4


def test_a_url_also_tells_scheme_and_host(read):
    paths = {name: path for name, path in MAP.items() if name not in ("host", "scheme", "target")} | {"url": "url"}
    urls = ["http://example.org/docs?a=1", "/docs?a=1", "https://example.net", "https://example.net:8443/a//b?c#d"]
    shown = read(json.dumps(paths), *(text(LINE, url=url) for url in urls))
    assert [visit["page"]["href"] for visit in shown] == [
        "http://example.org/docs?a=1", "https://example.com/docs?a=1", "https://example.net/", "https://example.net/a//b?c#d",
    ]  # fmt: skip


def test_a_load_balancer_of_another_cloud_is_read_by_a_map(read):
    paths = {
        "time": "timestamp", "client": "httpRequest.remoteIp", "method": "httpRequest.requestMethod",
        "url": "httpRequest.requestUrl",
        "status": "httpRequest.status", "bytes": "httpRequest.responseSize", "referrer": "httpRequest.referer",
        "user_agent": "httpRequest.userAgent", "request_id": "insertId",
    }  # fmt: skip
    line = {
        "httpRequest": {
            "requestMethod": "GET", "requestUrl": "https://example.com/docs?a=1", "responseSize": "5120", "status": 200,
            "userAgent": AGENT,
            "remoteIp": "192.0.2.1", "referer": "https://chatgpt.com/",
        },
        "insertId": "1", "timestamp": "2026-11-23T10:00:00.123Z",
    }  # fmt: skip
    assert read(json.dumps(paths), text(line)) == [event()]


TEMPLATE = """{"at":"%s","net":{"peer":"%s"},"h":"%s","s":"%s","r":"%s","code":%s,"n":%s,"ref":"%s","ua":"%s"}"""
NGINX = TEMPLATE % (
    "$time_iso8601", "$remote_addr", "${host}", "$scheme", "$request", "$status", "${body_bytes_sent}", "$http_referer",
    "$http_user_agent"
)  # fmt: skip
APACHE = TEMPLATE % ("%{%Y-%m-%dT%H:%M:%S%z}t", "%a", "%v", "%{X-Forwarded-Proto}i", "%r", "%>s", "%B", "%{Referer}i", "%{User-agent}i")
LOGGED = TEMPLATE % (
    "2026-11-23T10:00:00.123Z", "192.0.2.1", "example.com", "https", "GET /docs?a=1 HTTP/1.1", "200", "5120",
    "https://chatgpt.com/", AGENT
)  # fmt: skip
HALVES = NGINX.partition('"s":')


@pytest.mark.parametrize(
    "literal",
    [
        NGINX,
        f"log_format visits escape=json '{NGINX}';",
        f"log_format visits escape=json\n  '{HALVES[0]}'  # the host's part\n  '{HALVES[1]}{HALVES[2]}';",
        f"escape=json '{NGINX}'",
        APACHE,
        APACHE.replace('"', '\\"'),
        'LogFormat "' + APACHE.replace('"', '\\"') + '" visits',
        APACHE.replace("%S%z}t", "%S}t.%{msec_frac}tZ"),
    ],
    ids=["bare", "directive", "parts", "tail", "apache", "apache-escaped", "apache-directive", "apache-milliseconds"],
)
def test_a_servers_template_of_json_is_a_map_by_itself(read, literal):
    assert read(literal, LOGGED) == [event()]


def test_a_template_may_put_several_variables_into_one_member(read):
    template = '{"t":"$time_local","c":"$remote_addr:$remote_port","u":"$scheme://$host$request_uri","m":"$request_method","s":"$status"}'
    line = {"t": "23/Nov/2026:10:00:00 +0000", "c": "192.0.2.1:5", "u": "https://example.com/docs?a=1", "m": "GET", "s": "200"}
    assert read(template, text(line)) == [event(time="2026-11-23T10:00:00Z", referrer=None, agent=None, size=None)]


NEEDS = "status, and request, or method with target, path or url"


@pytest.mark.parametrize(
    "literal, reason",
    [
        ('{"tim":"a"}',
        "found a name that no field map has; accepted are time, date, time_of_day, client, forwarded_for, host, scheme, request, "
         "method, target, path, query, url, status, bytes, referrer, user_agent, request_id, time_form and text_form"),
        ('{"time":"a"}', f"the field map lacks what a visit needs: time (or date and time_of_day), {NEEDS}"),
        ('{"date":"a","status":"s","request":"r"}',
        f"the field map lacks what a visit needs: time (or date and time_of_day), {NEEDS}"),
        ('{"time":3}', "found a value in the field map that is not a text; expected a member's path"),
        ('{"time":"a', 'found a field map that is not JSON; expected one such as {"time":"ts","request":"request","status":"status"}'),
        ('{"time":"$time_iso8601"', 'found a template that is not JSON; expected one such as {"time":"$time_iso8601",…}'),
        ('{"time":"$time_iso8601"}',
        "the template lacks what a visit needs: $time_iso8601 (or $time_local, $msec), $status, and $request, or "
         "$request_method with $request_uri; with Apache %t, %>s and %r"),
        ('{"time_form":"minutes"}',
        "found an unknown time_form in the field map; accepted are combined, iso, seconds, milliseconds, microseconds "
         "and nanoseconds"),
        ('{"text_form":"rot13"}',
        "found an unknown text_form in the field map; accepted are plain, escaped, percent_encoded and plus_for_space"),
    ],
)  # fmt: skip
def test_a_format_that_makes_no_sense_is_refused_with_what_is_accepted(refusal, literal, reason):
    assert refusal(literal) == f"--format: {reason}"


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a[1]", "a[0", "a[0]b", "[0]", "/~2", "/~", ".".join("a" * 40), "/a" * 40])
def test_a_text_that_is_not_a_path_is_refused(refusal, path):
    assert refusal(json.dumps({"time": path})) == (
        "--format: found a value in the field map that is not a path; expected one such as request.headers.User-Agent[0], or a JSON Pointer"
    )


def test_a_field_map_without_end_is_refused(refusal):
    assert refusal(json.dumps({"time": ["a"] * 300})) == "--format: found more than 200 paths in the field map"


def test_a_line_without_a_mapped_member_says_which(tool):
    lines = [text({name: value for name, value in LINE.items() if name != left_out}) for left_out in ("@t", "req", "st")]
    result = tool.run("replay", "-", *SITE, "--dry-run", "--format", json.dumps(MAP), input=lines)
    assert [shown.partition(": ")[2] for shown in result.errors.splitlines()[:3]] == [
        "line 1: has no member that the field map names for time",
        "line 2: has no member that the field map names for method or request",
        "line 3: has no member that the field map names for status",
    ]  # fmt: skip
