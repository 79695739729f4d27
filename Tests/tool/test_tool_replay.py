# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: which lines of a log are sent, and how often."""

import hashlib
import uuid

import pytest

from tool.logs import combined

SITE = "https://example.com"
SKIPPED = (
    "no HTTP request", "of another host", "not GET or HEAD", "redirects", "without a page", "errors", "assets",
    "robots, sitemaps, feeds", "health checks",
)  # fmt: skip


def balanced(rows):
    """Whether every line of a summary is in exactly one row."""
    return rows["lines"] == sum(rows[name] for name in ("blank", "unreadable", "page visits", *SKIPPED))


def paths(result):
    return [event["page"]["pathname"] for event in result.events]


@pytest.fixture
def show(tool):
    """Shows the events of lines without sending them."""
    return lambda lines, *flags: tool.run("replay", "-", "--site", SITE, "--dry-run", *flags, input=lines)


MIXED = [
    combined("GET /page HTTP/1.1"),
    combined("HEAD /head HTTP/1.1"),
    combined("GET /cached HTTP/1.1", status="304", size="0"),
    combined("GET /partial HTTP/1.1", status="206"),
    combined("POST /form HTTP/1.1"),
    combined("GET /moved HTTP/1.1", status="301"),
    combined("GET /missing HTTP/1.1", status="404"),
    combined("GET /broken HTTP/1.1", status="500"),
    combined("GET /nothing HTTP/1.1", status="204"),
    combined("GET /site.css HTTP/1.1"),
    combined("GET /robots.txt HTTP/1.1"),
    combined("GET /feed/ HTTP/1.1"),
    combined("GET /healthz HTTP/1.1"),
    combined("GET /LOGO.PNG?v=3 HTTP/1.1"),
    combined("-", status="408"),
    combined("\\x16\\x03\\x01", status="400"),
    combined("GET http://elsewhere.example/ HTTP/1.1"),
    combined("OPTIONS * HTTP/1.1"),
]


def test_pages_alone_are_taken_and_the_rest_is_counted_by_reason(show):
    result = show(MIXED)
    assert (result.code, paths(result)) == (0, ["/page", "/head", "/cached"])
    rows = result.summary
    assert [rows[name] for name in SKIPPED] == [2, 1, 2, 1, 2, 2, 2, 2, 1]
    assert balanced(rows)


@pytest.mark.parametrize(
    "flags, more",
    [
        (["--all-methods"], {"/form"}),
        (["--include-redirects"], {"/moved"}),
        (["--include-errors"], {"/missing", "/broken"}),
        (["--include-assets"], {"/site.css", "/LOGO.PNG", "/robots.txt", "/feed/", "/healthz"}),
    ],
)
def test_a_flag_takes_more(show, flags, more):
    result = show(MIXED, *flags)
    assert set(paths(result)) - {"/page", "/head", "/cached"} == more
    assert balanced(result.summary)


@pytest.mark.parametrize("path", ["/docs.v2/page", "/a.html", "/llms.txt", "/paper.pdf", "/.css/", "/css", "/a.css/b", "/x?f=a.css"])
def test_a_path_that_only_resembles_an_asset_is_a_page(show, path):
    assert len(show([combined(f"GET {path} HTTP/1.1")]).lines) == 1


def test_what_agents_read_counts_for_a_named_agent_and_health_checkers_are_known_by_their_user_agents(show):
    agent, checker = "GPTBot/1.2", "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
    lines = [
        combined("GET /openapi.json HTTP/1.1", agent=agent),
        combined("GET /openapi.json HTTP/1.1"),
        combined("GET /data.json HTTP/1.1", agent=agent),
        combined("GET /page HTTP/1.1", agent=checker),
    ]
    result = show(lines)
    assert paths(result) == ["/openapi.json"]
    assert (result.summary["assets"], result.summary["health checks"]) == (2, 1)


@pytest.mark.parametrize("name", ["a.js", "a.mjs", "a.woff2", "a.svg", "a.ico", "a.zip", "a.mp4", "a.min.css", "a.JPEG", "a.map"])
def test_an_asset_is_known_by_its_extension(show, name):
    assert show([combined(f"GET /x/{name}?v=1 HTTP/1.1")]).summary["assets"] == 1


def expected_id(line, occurrence=1):
    """A UUID of version 8 (RFC 9562) from SHA-256, as LineIdentity.swift says it."""
    text = f"{SITE}\n{line}" + (f"\n{occurrence}" if occurrence > 1 else "")
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    number = number & ~(0xF << 76) | 0x8 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


def test_an_id_follows_from_site_line_and_occurrence(show):
    lines = [combined(), combined("GET /b HTTP/1.1"), combined(), combined(), combined("GET /é HTTP/1.1")]
    assert [event["eventId"] for event in show(lines).events] == [
        expected_id(lines[0]), expected_id(lines[1]), expected_id(lines[0], 2), expected_id(lines[0], 3), expected_id(lines[4]),
    ]  # fmt: skip


def test_ids_fit_lines_of_every_length(show):
    # SHA-256 pads in blocks of 64 bytes: every remainder is there.
    lines = [combined(agent="x" * length) for length in range(1, 131)]
    assert [event["eventId"] for event in show(lines).events] == [expected_id(line) for line in lines]


def test_equal_lines_are_told_apart_in_a_long_log(show):
    lines = [combined(f"GET /{number % 5000} HTTP/1.1") for number in range(20000)]
    ids = [event["eventId"] for event in show(lines).events]
    assert len(set(ids)) == 20000
    assert ids[17500] == expected_id(lines[17500], 4)


def test_another_site_has_other_ids(tool, show):
    [here] = show([combined()]).events
    [there] = tool.run("replay", "-", "--site", "https://example.org", "--dry-run", input=[combined()]).events
    [same] = tool.run("replay", "-", "--site", "HTTPS://Example.com/", "--dry-run", input=[combined()]).events
    assert here["eventId"] == same["eventId"] != there["eventId"]


def test_replaying_twice_sends_the_same_ids(sender, collector):
    lines = [combined(f"GET /{number} HTTP/1.1") for number in range(50)] + [combined("GET /0 HTTP/1.1")] * 3
    for _ in range(2):
        result = sender.run("replay", "-", "--site", SITE, input=lines)
        assert (result.code, result.summary["delivered"]) == (0, 53)
    totals = collector.totals()
    assert (totals["good"], totals["distinct_ids"], totals["duplicates"]) == (106, 53, 53)


def test_a_file_and_standard_input_give_the_same_ids(tool, show, tmp_path):
    path = tmp_path / "access.log"
    path.write_text(combined() + "\n" + combined())
    from_file = tool.run("replay", path, "--site", SITE, "--dry-run")
    assert from_file.events == show([combined(), combined()]).events


def test_what_was_shown_can_be_sent_and_checked(tool, show, sender, collector):
    shown = show(MIXED)
    assert set(tool.run("check", input=shown.output).lines) == {"valid"}
    assert sender.run("send", "-", input=shown.output).summary["delivered"] == 3
    assert [one["event"] for one in collector.good()] != []
    assert {one["event"]["eventId"] for one in collector.good()} == {event["eventId"] for event in shown.events}


def test_options_apply_to_what_is_shown(show):
    [event] = show([combined()], "--client-ip", "truncate").events
    assert event["request"]["clientIp"] == "192.0.2.0"


def test_only_the_first_unreadable_lines_are_shown_and_all_are_counted(show):
    result = show(["nonsense"] * 12 + [combined()])
    assert (result.code, result.summary["unreadable"], len(result.lines)) == (1, 12, 1)
    assert result.errors.count("tpc-events: line ") == 5
    assert "and 7 more lines that cannot be read" in result.errors


def test_rejected_lines_of_a_log_are_written_with_their_log_line(sender, collector, tmp_path):
    collector.mode({"status": 422, "count": 1})
    path = tmp_path / "rejected.tsv"
    line = combined()
    result = sender.run("replay", "-", "--site", SITE, "--rejected", path, input=["", line])
    assert (result.code, result.summary["rejected by server"]) == (1, 1)
    assert path.read_text().split("\t", 3) == ["2", "unprocessable_entity", path.read_text().split("\t")[2], line + "\n"]


def test_a_log_that_grows_is_followed_through_a_pipe(sender, collector):
    with sender.start("replay", "-", "--site", SITE) as process:
        for number in range(1, 4):
            process.stdin.write(combined(f"GET /{number} HTTP/1.1").encode() + b"\n")
            process.stdin.flush()
            collector.wait(number)
        process.communicate()
    assert process.returncode == 0


def test_the_queue_s_bound_holds_for_a_log_as_well(sender, collector):
    lines = [combined(f"GET /{number} HTTP/1.1") for number in range(300)]
    result = sender.run("replay", "-", "--site", SITE, "--queue-max-events", "4", input=lines)
    assert (result.code, result.summary["delivered"], collector.totals()["distinct_ids"]) == (0, 300, 300)


def test_what_was_counted_is_not_forgotten_at_once_when_the_table_is_full(tool):
    # The table of lines starts afresh at 2^19 of them, and still knows those just before.
    lines = [combined(f"GET /{number} HTTP/1.1") for number in range((1 << 19) + 100)]
    lines += [lines[1 << 19], lines[(1 << 19) - 1000]]
    output = tool.run("replay", "-", "--site", SITE, "--dry-run", input=lines).lines
    assert len(output) == len(lines)
    assert expected_id(lines[-2], 2) in output[-2]
    assert expected_id(lines[-1], 2) in output[-1]


def test_the_numbers_of_the_summary_end_in_one_column(tool):
    lines = [combined("GET /robots.txt HTTP/1.1"), combined("GET /app.js HTTP/1.1"), combined(), "cut"]
    result = tool.run("replay", "-", "--site", "https://example.com", "--dry-run", input=lines)
    rows = [line for line in result.errors.splitlines() if "  " in line and line[-1].isdigit()]
    assert any("robots" in row for row in rows) and len({len(row) for row in rows}) == 1, rows
