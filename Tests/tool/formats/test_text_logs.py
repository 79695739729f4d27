# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: logs in text, whatever server, balancer or CDN wrote them."""

import random

import pytest

from tool.formats.given_formats import APACHE_TIMES, GIVEN, REFUSED
from tool.formats.text_logs import CLOUDFRONT, CLOUDFRONT_FIELDS, HAPROXY, HAPROXY_CLF, IIS_FIELDS, NAMED, W3C_LOCAL, Log

SITE = "https://example.com"
# Rows of the summary: lines that are read and do not count as visits.
SKIPPED = ["no HTTP request", "redirects", "errors"]


@pytest.fixture
def replay(tool):
    return lambda log, *flags: tool.run(
        "replay", "-", "--site", SITE, "--dry-run", "--max-unreadable", "100%", *flags, *log.flags, input=log.lines
    )


def without_identity(event):
    del event["eventId"], event["sdk"]
    return event


def name(log):
    return log.format.partition(" ")[0] + (" with --fields" if log.flags else "")


@pytest.mark.parametrize("log", NAMED + GIVEN, ids=name)
def test_a_line_becomes_the_event_that_its_fields_tell(replay, log, tmp_path):
    path = tmp_path / "unreadable"
    result = replay(log, "--format", log.format, "--unreadable", path)
    visits = [expected for expected in log.expected if isinstance(expected, dict)]
    assert [without_identity(event) for event in result.events] == visits, result.errors
    unreadable = [line.split("\t")[:2] for line in path.read_text().splitlines()]
    words = {number: words for number, words in enumerate(log.expected, 1) if isinstance(words, str) and words not in SKIPPED}
    assert [int(number) for number, _ in unreadable] == list(words)
    for number, reason in unreadable:
        assert words[int(number)] in reason, log.lines[int(number) - 1]
    for reason in SKIPPED:
        assert result.summary[reason] == log.expected.count(reason)


@pytest.mark.parametrize("log", [log for log in NAMED if not log.flags and log.format != "traefik"], ids=name)
def test_a_log_s_first_lines_show_its_format(replay, log):
    lines = [line for line, expected in zip(log.lines, log.expected, strict=True) if not isinstance(expected, str)]
    named, found = replay(Log("", lines, []), "--format", log.format), replay(Log("", lines, []))
    assert f"read as {log.format}, " in found.errors
    assert found.events == named.events


@pytest.mark.parametrize("given, words", REFUSED)
def test_a_format_that_cannot_be_read_is_refused_with_what_is_wrong(tool, given, words):
    result = tool.run("replay", "-", "--site", SITE, "--dry-run", "--format", given)
    assert (result.code, result.output) == (2, "")
    assert f"--format: {words}" in result.errors or words in result.errors


@pytest.mark.parametrize(
    "format, fields, words",
    [
        ("cloudfront-realtime", "timestamp,c-ip,cs-uri-stem", "--fields: found a list without cs-method"),
        ("w3c", "c-ip cs-method cs-uri-stem", "--fields: found a list without a time"),
        ("cloudfront", "date time cs-method", "--fields: found a list without cs-uri-stem"),
        ("haproxy", ",", "--fields: found no name"),
        ("haproxy-clf", "useragent", "--fields: found no name of a header that matters"),
        ("alb", "timestamp", "--fields: found a format whose fields are known; expected --format with one of haproxy"),
        ("auto", "timestamp", "--fields: found a format whose fields are known"),
    ],
)
def test_names_of_fields_that_cannot_be_used_are_refused(tool, format, fields, words):
    result = tool.run("replay", "-", "--site", SITE, "--dry-run", "--format", format, "--fields", fields)
    assert (result.code, result.output) == (2, "")
    assert words in result.errors


def test_what_is_taken_for_granted_is_said_once(replay):
    errors = replay(Log("", [HAPROXY.lines[0]] * 3 + [HAPROXY.lines[1]], []), "--format", "haproxy").errors
    assert errors.count("took them for UTC; found captured headers without names, and told them by their form") == 1
    assert errors.count("--fields names them") == 1
    # The first line of another log has a time with its offset.
    assert "UTC" not in replay(HAPROXY_CLF, "--format", "haproxy-clf").errors
    assert replay(W3C_LOCAL, "--format", "w3c").errors.count("took them for UTC") == 1
    with_names = replay(Log("", HAPROXY.lines[:1], [], ("--fields", "host,user-agent,referer")), "--format", "haproxy").errors
    assert "without names" not in with_names


@pytest.mark.parametrize("log", GIVEN[-len(APACHE_TIMES) :], ids=name)
def test_a_time_without_an_offset_is_said_to_be_taken_for_utc(replay, log):
    has_offset = any(mark in log.format for mark in ("%z", "sec}"))
    assert ("took them for UTC" in replay(log, "--format", log.format).errors) != has_offset


def test_a_log_of_a_cdn_needs_no_site(tool):
    result = tool.run("replay", "-", "--dry-run", "--format", "cloudfront", input=CLOUDFRONT.lines[:3])
    assert result.events[0]["page"]["href"] == "https://www.example.org/docs?a=1"


def test_a_header_in_the_middle_changes_how_the_lines_after_it_are_read(replay):
    lines = [IIS_FIELDS, CLOUDFRONT_FIELDS, CLOUDFRONT.lines[2]]
    assert [without_identity(event) for event in replay(Log("", lines, []), "--format", "w3c").events] == [CLOUDFRONT.expected[2]]


def mutations(lines, count, seed):
    """Lines that are cut, doubled, filled with odd bytes, or put together from two."""
    chance = random.Random(seed)
    odd = [b"\0", b"\x1b[31m", b'"', b"\\", b"\t", b" ", b"{", b"}", b"|", b"%", b"%2", b"#", b"#F", b"-", b"[", b"]", b"\xff", b"+" * 9, b""]
    texts = [line.encode() for line in lines]
    yield from (b"", b" ", b"#", b"#Fields:", b"#Fields: ,", b"#Date:", b"\xef\xbb\xbf", b'"', b'" "', b"[", b"{" * 99, b"\t" * 99, b"x" * 300_000)
    yield from (chance.choice(texts)[:100] + b"y" * 100_000 for _ in range(3))
    for _ in range(count):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 4)):
            at, end = sorted(chance.choices(range(len(text) + 1), k=2))
            text = chance.choice(
                [
                    lambda: text[:at],
                    lambda: text[:at] + chance.choice(odd) + text[at:],
                    lambda: text[:at] + text[end:],
                    lambda: text[:at] + chance.choice(texts)[end:],
                    lambda: text[:at] + bytes(chance.choices(range(1, 256), k=5)).replace(b"\n", b" ") + text[at:],
                ]
            )()
        yield text


@pytest.mark.parametrize("log", NAMED + GIVEN[:6], ids=name)
def test_no_line_stops_the_reading(replay, log):
    # A header replaces the names that were given.
    hostile = [line for line in mutations(log.lines, 2000, name(log)) if not (log.flags and line.startswith(b"#"))]
    header = [line for line in log.lines if line.startswith("#Fields: ") and "time" in line][:1]
    whole = next(at for at, expected in enumerate(log.expected) if isinstance(expected, dict))
    result = replay(Log(log.format, [*header, *hostile, *header, log.lines[whole]], [], log.flags), "--format", log.format)
    assert result.code in (0, 1), result.errors
    assert result.summary["lines"] == len(hostile) + 1 + 2 * len(header)
    assert without_identity(result.events[-1]) == log.expected[whole]


def test_a_long_user_agent_in_quotes_that_was_encoded_twice_is_read_where_it_stays(tool):
    """Without its quotes and twice decoded, it takes thrice the room of its column."""
    fields = "#Fields: timestamp(ms) c-ip cs-method cs(Host) cs-uri-stem sc-status cs(User-Agent) x-edge-request-id"
    line = "\t".join(("1795428000123", "192.0.2.1", "GET", "example.com", "/a", "200", f'"GPT""{"x" * 100_000}%2520y"', "id"))
    result = tool.run("replay", "-", "--format", "cloudfront", "--dry-run", "--max-event-bytes", "262144", input=[fields, line])
    (event,) = result.events
    assert event["request"]["userAgent"].startswith('GPT"xxxx')
