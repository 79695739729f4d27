# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: what collectors of logs put before a server's line."""

import json

import pytest

from tool.formats.json_logs import CADDY, VERCEL, event, text
from tool.logs import combined

SITE = ("--site", "https://example.com")
LINE = combined(agent="GPTBot/1.2")

PREFIXES = {
    "syslog": [
        "<134>Nov 23 10:00:00 web1 nginx: ", "Nov  3 10:00:00 web1 nginx[12]: ", "<190>Nov 23 10:00:00 nginx: ",
        "Nov 23 2026 10:00:00 web1 a: ",
        "2026-11-23T10:00:00.123456+01:00 web1 nginx: ", "2026-11-23T10:00:00+0000 web1 nginx[7]:  ",
        "<134>2026-11-23T10:00:00Z cache-sjc LogTest[1]: ", "<134>2026-11-23T10:00:00Z cache-sjc my own log[1]: ",
        "87 <134>Nov 23 10:00:00 web1 nginx: ", "Nov 23 10:00:00.123 web1 nginx: ",
    ],
    "syslog (RFC 5424)": [
        "<134>1 2026-11-23T10:00:00.123Z web1 nginx 12 - - ",
        '<134>1 2026-11-23T10:00:00Z web1 nginx - ID [a@1 b="c] d\\""][e@2] ',
        "<134>1 - - nginx - - - \ufeff", "213 <134>1 2026-11-23T10:00:00Z web1 nginx - - - ",
    ],
    "Kubernetes (CRI)": ["2026-11-23T10:00:00.123456789Z stdout F ", "2026-11-23T10:00:00.1+01:00 stderr F ",
    "2026-11-23T10:00:00.1Z stdout F:x "],
    "docker compose": ["web-1  | ", "web  | ", "\x1b[36mweb-1  |\x1b[0m ", "\x1b[36mweb-1  | \x1b[0m"],
}  # fmt: skip
CASES = [(name, prefix) for name, prefixes in PREFIXES.items() for prefix in prefixes]


@pytest.fixture
def replay(tool):
    return lambda *lines, flags=(): tool.run("replay", "-", *SITE, "--dry-run", *flags, input=list(lines))


@pytest.fixture
def visit(replay):
    """The event of the line without a prefix."""
    return replay(LINE).events[0]


def test_a_line_is_the_same_visit_whatever_collected_it(replay, visit):
    for name, prefix in CASES:
        result = replay(prefix + LINE)
        assert result.events == [visit], (prefix, result.errors)
        assert f"standard input: leaves out what {name} put before each line" in result.errors, prefix


def test_the_line_within_dockers_json_is_read_with_its_escapes_resolved(replay, visit):
    whole = {"log": LINE + "\n", "stream": "stdout", "time": "2026-11-23T10:00:00.1Z"}
    other = {"stream": "stderr", "attrs": {"a": [1]}, "log": text(CADDY) + "\r\n"}
    shown = replay(text(whole), text(other), flags=("--format", "combined"))
    assert (shown.events, shown.summary["unreadable"]) == ([visit], 1)
    (found,) = replay(json.dumps({"log": text(CADDY) + "\n", "stream": "stdout", "time": "t"})).events
    assert {name: found[name] for name in event()} == event()


def test_the_line_within_another_collectors_json_is_read(replay, visit):
    wrapped = [
        {"date": 1795428000.1, "log": LINE}, {"@timestamp": "2026-11-23T10:00:00.1Z", "log": LINE, "kubernetes": {}},
        {"time": "t", "stream": "stdout", "logtag": "F", "log": LINE}, {"log": LINE, "stream": "stdout",
        "kubernetes": {"pod_name": "web"}},
        {"file": "/var/log/access.log", "host": "web1", "message": LINE, "source_type": "file",
        "timestamp": "2026-11-23T10:00:00.1Z"},
        {"@timestamp": "2026-11-23T10:00:00.1Z", "message": LINE, "log": {"file": {"path": "/var/log/access.log"}},
        "ecs": {"version": "8.0.0"}},
        {"@timestamp": "2026-11-23T10:00:00.1Z", "@metadata": {"beat": "filebeat"}, "message": LINE},
        {"@timestamp": "2026-11-23T10:00:00.1Z", "@version": "1", "message": LINE}, {"MESSAGE": LINE, "__REALTIME_TIMESTAMP": "1",
        "_PID": "2"},
    ]  # fmt: skip
    for line in wrapped:
        result = replay(text(line))
        assert result.events == [visit], (line, result.errors)
    parts = [{"stream": "stdout", "logtag": tag, "log": piece} for tag, piece in (("P", LINE[:50]), ("F", LINE[50:]))]
    assert replay(*map(text, parts), flags=("--format", "combined")).events == [visit]


@pytest.mark.parametrize("wrap", ["cri", "docker"])
def test_parts_of_a_line_are_joined_stream_by_stream(replay, visit, wrap):
    def line(piece, stream, is_part):
        if wrap == "cri":
            return f"2026-11-23T10:00:00.1Z {stream} {'P' if is_part else 'F'} {piece}"
        return json.dumps({"log": piece + ("" if is_part else "\n"), "stream": stream, "time": "t"})

    third = len(LINE) // 3
    result = replay(
        line(LINE, "stdout", False), line(LINE[:third], "stdout", True), line("something", "stderr", True),
        line(LINE[third : 2 * third], "stdout", True), line(" else", "stderr", False), line(LINE[2 * third :], "stdout", False),
        line("x" * 200_000, "stdout", True), line("x" * 200_000, "stdout", True), line("x", "stdout", False), line(LINE, "stdout", False),
        flags=("--max-unreadable", "100%"),
    )  # fmt: skip
    assert [{**shown, "eventId": 0} for shown in result.events] == [{**visit, "eventId": 0}] * 3
    assert (result.summary["headers, comments"], result.summary["unreadable"]) == (5, 2)
    assert "line 9: is longer than any server writes, in parts that were joined" in result.errors


@pytest.mark.parametrize("noise", ["\ufeff", "\0\0\0", "\x1b[0m\x1b[1;32m", "\ufeff\x1b[m\0"])
def test_marks_before_the_first_character_are_left_out(replay, visit, noise):
    assert replay(noise + LINE, noise).events == [visit]


def test_a_log_is_judged_by_most_of_its_first_lines(replay, visit):
    prefix = "<134>Nov 23 10:00:00 web1 nginx: "
    agents = ["GPTBot/1.2", "ClaudeBot/1.0", "Bingbot/2.0"]
    result = replay("starting", *(prefix + combined(agent=agent) for agent in agents), LINE, flags=("--max-unreadable", "100%"))
    assert [shown["request"]["userAgent"] for shown in result.events] == [*agents, "GPTBot/1.2"]
    assert "leaves out" not in replay("starting", prefix + LINE, LINE, LINE, flags=("--max-unreadable", "100%")).errors


def test_a_servers_own_line_is_not_taken_for_a_collectors(replay):
    lines = [
        LINE, combined(host="example.org:443"), combined(client="2001:db8::1"), combined(client="crawler.example.net"), combined(user="web1"),
        combined("GET /a|b HTTP/1.1"), combined(agent="web-1  | x"), combined(agent="<134>Nov 23 10:00:00 web1 nginx: x"),
        text(CADDY, log="x", stream=1), text(VERCEL, message=LINE), text(CADDY, message=LINE), text({"MESSAGE": LINE}),
        '192.0.2.1 | - | "GET / HTTP/1.1"',
        "192.0.2.1:4711 [23/Nov/2026:10:00:00.123] front back/web1 0/0/0/1/1 200 5",
        "2026-11-23T10:00:00.1Z stdout", "2026-11-23T10:00:00.1Z stdout F", "<134>", "<134>1 ", "<134>Nov 23 10:00:00 ", "{",
        "web-1 |", "\x1b[",
        "2026-11-23 10:00:00 192.0.2.1 GET /docs - 443 - 192.0.2.2 GPTBot 200 0 0 5",
    ]  # fmt: skip
    for line in lines:
        assert "leaves out" not in replay(line).errors, line


def test_no_prefix_ends_the_tool(replay):
    import random

    source = random.Random("prefixes")
    starts = [prefix + LINE for _, prefix in CASES] + [json.dumps({"log": LINE + "\n", "stream": "stdout", "time": "t"})]
    for start in [starts[0], starts[10], starts[14], starts[-1], starts[17]]:
        lines = [start] * 60
        for _ in range(1500):
            line = bytearray(source.choice(starts).encode())
            for _ in range(source.randrange(1, 4)):
                at = source.randrange(len(line))
                line[at : at + source.randrange(0, 60)] = bytes(source.choices(b'<>1 [-]:="\\{}PFZT\0\x1b\xef', k=source.randrange(4)))
            lines.append(bytes(line).replace(b"\n", b" "))
        result = replay(*lines, flags=("--max-unreadable", "100%"))
        assert result.code in (0, 1) and result.summary["lines"] == 1560, result.errors[-300:]
