# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: logs of JSON objects."""

import json

import pytest

from tool.formats.json_logs import AGENT, AKAMAI, CADDY, CLOUDFLARE, FASTLY, LINES, NETLIFY, NGINX, TRAEFIK, VERCEL, event, text, without

SITE = ("--site", "https://example.com")


def plain(events):
    """Events without what is not from the log."""
    return [{name: value for name, value in shown.items() if name not in ("eventId", "sdk")} for shown in events]


@pytest.fixture
def read(tool):
    """Shows what the lines of a log in a format become."""

    def show(name, *lines, flags=SITE):
        return tool.run("replay", "-", "--dry-run", "--format", name, "--max-unreadable", "100%", *flags, input=list(lines))

    return show


@pytest.mark.parametrize("name", LINES)
def test_a_line_becomes_the_visit_that_it_is_also_when_nobody_names_its_format(tool, name):
    line, different = LINES[name]
    result = tool.run("replay", "-", "--dry-run", input=[text(line)])
    assert result.code == 0 and f"read as {name}," in result.errors
    assert plain(result.events) == [event(**different)]


# Members that are different, and what is then different in the event; None leaves a member out.
VARIANTS = {
    "nginx-json": [
        (dict(time_iso8601=None, time_local="23/Nov/2026:11:00:00 +0100"), dict(time="2026-11-23T11:00:00+01:00")),
        (dict(time_iso8601=None, msec="1795428000.123"), dict(time="2026-11-23T10:00:00.123Z")),
        (dict(request=None), {}),
        (dict(request=None, request_uri=None), {}),
        (dict(request=None, request_uri=None, args=""), dict(href="https://example.com/docs")),
        (dict(request="/docs?a=1", request_uri=None), {}),
        (dict(host=None, server_name="example.org", scheme=None, server_port="443"), dict(href="https://example.org/docs?a=1")),
        (dict(scheme=None, https=""), {}),
        (dict(scheme="http", http_x_forwarded_proto="https"), {}),
        (dict(scheme=None, server_port=80), dict(href="http://example.com/docs?a=1")),
        (dict(status=200, body_bytes_sent=5120), {}),
        (dict(http_referer="-", http_user_agent="", body_bytes_sent=None, bytes_sent="7"), dict(referrer=None, agent=None,
        size=7)),
        (dict(remote_addr="", http_x_forwarded_for="192.0.2.7, 10.0.0.1"), dict(client="192.0.2.7")),
    ],
    "caddy": [
        ({"ts": "2026-11-23T10:00:00.123Z"}, {}),
        ({"request": {**without(CADDY["request"], "client_ip", "remote_ip"), "remote_addr": "192.0.2.1:41342"}}, {}),
        ({"request": without(CADDY["request"], "client_ip")}, dict(client="198.51.100.9")),
        ({"request": {**without(CADDY["request"], "tls"), "headers": {"X-Forwarded-Proto": ["https"]}}}, dict(referrer=None,
        agent=None)),
        ({"logger": None}, {}),
        ({"common_log": "192.0.2.1 - - [23/Nov/2026:10:00:00 +0000]"}, {}),
    ],
    "traefik-json": [
        (dict(StartUTC=None), dict(time="2026-11-23T11:00:00.123+01:00")),
        (dict(ClientHost=None), {}),
        (dict(RequestHost=None, RequestAddr="example.com:443"), {}),
        (dict(RequestScheme=None, TLSVersion="1.3"), {}),
    ],
    "cloudflare": [
        (dict(EdgeStartTimestamp=1795428000), dict(time="2026-11-23T10:00:00.000Z")),
        (dict(EdgeStartTimestamp=1795428000123000000), {}),
        (dict(ClientRequestURI=None), dict(href="https://example.com/docs")),
        (dict(ClientRequestSource=None), {}),
        (dict(ClientRequestReferer=""), dict(referrer=None)),
    ],
    "fastly": [
        (dict(timestamp=None, time_start=1795428000123), dict(time="2026-11-23T10:00:00.123Z")),
        (dict(request_method=None, request="GET", response_status=None, status="200"), {}),
        (dict(is_tls=False), dict(href="http://example.com/docs?a=1")),
        (dict(is_tls=True), {}),
    ],
    "akamai": [
        (dict(queryStr=None, referer=None, reqPath="/docs"), dict(href="https://example.com/docs", referrer=None)),
        (dict(proto=None), {}),
        (dict(bytes=None, totalBytes="6000"), dict(size=6000)),
    ],
    "vercel": [
        ({"proxy": {**VERCEL["proxy"], "userAgent": AGENT}}, {}),
        ({"proxy": without(VERCEL["proxy"], "host", "statusCode")}, dict(href="https://project.example.net/docs?a=1")),
        ({"requestId": None}, {}),
    ],
    "netlify": [(dict(url=None, path="/docs", domain="example.org"), dict(href="https://example.org/docs"))],
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_what_a_format_writes_in_more_than_one_way_is_read_in_each(read, name):
    line, different = LINES[name]
    numbered = "requestId" if name == "vercel" else "n"
    lines = []
    for number, (members, _) in enumerate(VARIANTS[name]):
        changed = {**line, numbered: str(number), **members}
        lines.append(text({key: value for key, value in changed.items() if value is not None}))
    result = read(name, *lines)
    defaults = {**different}
    if name == "fastly":
        defaults["time"] = "2026-11-23T10:00:00+00:00"
    assert plain(result.events) == [event(**{**defaults, **changes}) for _, changes in VARIANTS[name]], result.errors


# Lines that are in the same log without being a visitor's request.
OTHERS = {
    "caddy": [
        text(CADDY, logger="http.log.error"), '{"level":"info","ts":1795428000.1,"logger":"tls","msg":"renewing"}',
        '{"level":"warn","ts":1795428000.1,"msg":"no logger"}',
    ],
    "traefik-json": ['{"level":"error","msg":"no route","time":"2026-11-23T10:00:00Z"}'],
    "cloudflare": [text(CLOUDFLARE, ClientRequestSource="edgeWorkerFetch")],
    "vercel": [
        text(without(VERCEL, "proxy"), source="build"), text(VERCEL, requestId="2", proxy={**VERCEL["proxy"], "statusCode": -1}),
        text(without(VERCEL, "statusCode"), requestId="3", proxy=without(VERCEL["proxy"], "statusCode")),
    ],
    "netlify": ['{"timestamp":"2026-11-23T10:00:00Z","log_type":"functions","message":"done"}'],
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_lines_that_are_not_of_requests_are_neither_visits_nor_errors(read, name):
    result = read(name, *OTHERS[name])
    assert (result.events, result.summary["headers, comments"], result.summary["unreadable"]) == ([], len(OTHERS[name]), 0)


MISSING = {
    "nginx-json": (NGINX, [
        (("time_iso8601",), "has none of time_iso8601, time_local, msec, timestamp and time"),
        (("request", "request_method"), "has neither request_method nor request"),
        (("request", "request_uri", "uri"), "has none of request_uri, uri and request"), (("status",), "has no status"),
    ]),
    "caddy": (CADDY, [(("ts",), "has no ts"), (("status",), "has no status"), (("request",), "has no request.method")]),
    "traefik-json": (TRAEFIK, [
        (("StartUTC", "StartLocal", "time"), "has neither StartUTC nor StartLocal"), (("RequestMethod",), "has no RequestMethod"),
        (("RequestPath",), "has no RequestPath"), (("DownstreamStatus", "OriginStatus"), "has no DownstreamStatus"),
    ]),
    "cloudflare": (CLOUDFLARE, [
        (("EdgeStartTimestamp", "EdgeEndTimestamp"),
        "has neither EdgeStartTimestamp nor EdgeEndTimestamp (the job's fields need one)"),
        (("EdgeResponseStatus",), "has no EdgeResponseStatus (the job's fields need it)"),
    ]),
    "fastly": (FASTLY, [(("url",), "has no url"), (("response_status",), "has neither response_status nor status")]),
    "akamai": (AKAMAI, [(("reqTimeSec",), "has no reqTimeSec (the stream's data set needs it)")]),
    "netlify": (NETLIFY, [(("timestamp",), "has no timestamp"), (("status_code",), "has no status_code")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_line_without_what_a_visit_needs_is_unreadable_and_the_member_is_named(read, name):
    line, cases = MISSING[name]
    result = read(name, *(text(without(line, *names)) for names, _ in cases))
    assert result.events == []
    for number, (_, reason) in enumerate(cases, 1):
        assert f"line {number}: {reason}" in result.errors.splitlines()[number - 1]


def test_an_array_of_entries_has_a_visit_for_each_and_a_bad_one_spoils_no_other(read):
    entries = [text(VERCEL, requestId=str(number)) for number in range(4)]
    entries[1] = "7"
    result = read("vercel", "[" + ",".join(entries) + "]", "[]", " [ " + entries[0].replace('"0"', '"9"') + " ] ")
    assert plain(result.events) == [event()] * 4
    assert "line 1: is not a JSON object" in result.errors and result.summary["unreadable"] == 1


def test_an_array_may_have_a_line_for_each_entry(read):
    entry = text(CLOUDFLARE)
    for lines in (("[", entry + ",", entry, "]"), ("[" + entry + ",", entry + "]"), ("[" + entry, "," + entry, "]")):
        result = read("cloudflare", *lines)
        assert (len(result.events), result.summary["unreadable"]) == (2, 0), lines


def test_a_whole_object_without_a_newline_is_read_also_where_it_has_no_agent(tool):
    lines = [text(CLOUDFLARE)] * 3 + [text(CLOUDFLARE, ClientRequestUserAgent="")]
    result = tool.run("replay", "-", "--dry-run", input="\n".join(lines))
    assert plain(result.events) == [event()] * 3 + [event(agent=None)], result.errors


def test_what_a_function_logs_during_a_request_to_vercel_is_not_another_visit(read):
    messages = [text(VERCEL, source="lambda", id=str(number), message=f"step {number}") for number in range(3)]
    result = read("vercel", *messages, text(VERCEL, requestId="another"))
    assert plain(result.events) == [event()] * 2 and result.summary["headers, comments"] == 2


def test_json_of_servers_that_do_not_escape_for_it_is_read(read):
    line = text(NGINX).encode()
    agent = AGENT.encode()
    result = read(
        "nginx-json",
        b" \t" + line + b" \r", line.replace(b":", b" : ").replace(b"https : ", b"https:").replace(b"10 : 00 : 00+00 : 00",
        b"10:00:00+00:00"),
        line.replace(agent, b"a \\x22quoted\\x22 \\xC3\\xA9 \\x7F\\v \t tab"), line.replace(agent, b"b \xe9 byte"),
        line.replace(agent, b"c \\u0000 \\ud83d\\ude00 \\ud83d \\/"), line.replace(b'"status"', b'"status":"404","status"'),
        line.replace(b"/docs?a=1", b"/caf\xe9"),
    )  # fmt: skip
    agents = [shown["request"]["userAgent"] for shown in result.events]
    assert len(agents) == 7, result.errors
    assert agents[1:2] + agents[2:5] == [
        AGENT.replace(":", " : ").replace("https : ", "https:"), 'a "quoted" \u00e9 \x7f\x0b \t tab', "b \ufffd byte", "c \x00 \U0001f600 \ufffd /",
    ]  # fmt: skip
    assert result.events[6]["page"]["href"] == "https://example.com/caf%E9"


def test_what_is_not_json_is_told_as_that(read):
    line = text(NGINX)
    result = read("nginx-json", line[:-1], line[:200], "null", "7", '"text"', "plain text", '[{"a":1}', "{}x", '{"a":' * 600 + "1" + "}" * 600)
    reasons = [shown.partition(": ")[2].partition(": ")[2] for shown in result.errors.splitlines()[:5]]
    assert reasons == ["is not JSON, or only a part of it"] * 2 + ["is not a JSON object"] * 3
    assert (result.events, result.summary["unreadable"]) == ([], 9)


def test_a_request_that_is_not_http_is_neither_a_visit_nor_an_error(read):
    result = read("nginx-json", text(NGINX, request="", request_method="", request_uri="", status="400"), text(NGINX, request="\x16\x03\x01"))
    assert (result.events, result.summary["no HTTP request"]) == ([], 2)


# Every byte is changed somewhere, and each line is cut, doubled and mixed with another.
def mutations(random, count):
    lines = [text(line).encode() for line, _ in LINES.values()]
    special = b'{}[]",:\\u0 \x00\x1b\xff\xef\xbb\xbf<>|-'
    for number in range(count):
        line = bytearray(random.choice(lines))
        for _ in range(random.randrange(1, 6)):
            at = random.randrange(len(line))
            match random.randrange(5):
                case 0: line[at] = random.randrange(256)
                case 1: line[at : at + 1] = random.choices(special, k=random.randrange(1, 4))
                case 2: del line[at : at + random.randrange(1, 30)]
                case 3: line[at:at] = random.choice(lines)[: random.randrange(80)]
                case 4: line[at:at] = line[at : at + 40]
            line = line or bytearray(b"{")
        yield bytes(line).replace(b"\n", b" ")  # fmt: skip


@pytest.mark.parametrize("name", LINES)
def test_no_line_ends_the_tool(read, name):
    import random

    count = 3000
    lines = list(mutations(random.Random(f"lines of {name}"), count))
    huge = json.dumps({"x": "y" * 200_000, **LINES[name][0]})
    deep = ["[" * 100_000, '{"request":' * 400 + "{}" + "}" * 400, '{"proxy":{"userAgent":' + "[" * 400 + "]" * 400 + "}}"]
    result = read(name, *lines, huge, *deep, "x" * 1_200_000, text(LINES[name][0]))
    assert result.code in (0, 1), result.errors[-500:]
    assert result.summary["lines"] == count + 6 and len(result.events) >= 2
