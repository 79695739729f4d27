# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: lines a little beside the formats of Apache and nginx are read rightly, or told as unreadable."""

import pytest

from tool.logs import combined, common

SITE = "https://example.com"
TIME = "[23/Nov/2026:10:00:00 +0000]"
REST = f'{TIME} "GET /docs HTTP/1.1" 200 5'
BOT = "GPTBot/1.2"
END = f'"-" "{BOT}"'


@pytest.fixture
def replay(tool):
    return lambda lines, *flags: tool.run("replay", "-", "--site", SITE, "--dry-run", *flags, input=lines)


@pytest.fixture
def one(replay):
    """The event of the only line."""

    def read(line, *flags):
        result = replay([line], *flags)
        assert result.code == 0, result.errors
        (event,) = result.events
        return event

    return read


READ = {
    "addresses that a proxy reported in front": (f"203.0.113.5, 198.51.100.7 - - {REST} {END}", {}),
    "the same without a space": (f"203.0.113.5,198.51.100.7 - - {REST} {END}", {}),
    "a virtual host before them": (f"example.org 203.0.113.5, 198.51.100.7 - - {REST} {END}", {"href": "https://example.org/docs"}),
    "a port": (f"203.0.113.5:5123 - - {REST} {END}", {}),
    "an IPv6 address with a port": (f"[2001:db8::9]:5123 - - {REST} {END}", {"clientIp": "2001:db8::9"}),
    "a zone": (f"fe80::1%eth0 - - {REST} {END}", {"clientIp": "fe80::1"}),
    "a quoted address": (f'"203.0.113.5" - - {REST} {END}', {}),
    "a quote before the line": (f'"203.0.113.5 - - {REST} {END}', {}),
    "quotes around the line": (f'"203.0.113.5 - - {REST} {END}"', {}),
    "an address as the virtual host": (f"192.0.2.80 203.0.113.5 - - {REST} {END}", {"href": "https://192.0.2.80/docs"}),
    "a name that was looked up, and a user with a space": (f"crawler.example.net - alice smith {REST} {END}", {"clientIp": None}),
    "more spaces": (f"203.0.113.5 -  -  {TIME}  \"GET /docs HTTP/1.1\"  200  5  {END}", {}),
    "tabs": (f"203.0.113.5\t-\t-\t{TIME}\t\"GET /docs HTTP/1.1\"\t200\t5\t\"-\"\t\"{BOT}\"", {}),
    "a fraction of the second": (
        f'203.0.113.5 - - [23/Nov/2026:10:00:00.125 +0000] "GET /docs HTTP/1.1" 200 5 {END}', {"occurredAt": "2026-11-23T10:00:00.125Z"}),
    "a time of ISO 8601": (
        f'203.0.113.5 - - [2026-11-23T11:00:00+01:00] "GET /docs HTTP/1.1" 200 5 {END}', {"occurredAt": "2026-11-23T11:00:00+01:00"}),
    "a number before the request": (f'203.0.113.5 - - {TIME} 125 "GET /docs HTTP/1.1" 200 5 {END}', {}),
    "quoted texts before the request": (f'203.0.113.5 - - {TIME} "https" "example.org" "GET /docs HTTP/1.1" 200 5 {END}', {}),
    "a number after the bytes": (f"203.0.113.5 - - {REST} 0.003 {END}", {}),
    "a referrer without quotes": (f'203.0.113.5 - - {REST} - "{BOT}" 12 "web" "http://192.0.2.80" 1ms', {}),
    "a user agent without quotes": (f'203.0.113.5 - - {REST} "-" {BOT}', {}),
    "both the other way round": (f'203.0.113.5 - - {REST} "{BOT}" "https://chatgpt.com/"', {"referrer": "https://chatgpt.com/"}),
    "no number of bytes": (f'203.0.113.5 - - {TIME} "GET /docs HTTP/1.1" 200 {END}', {}),
    "a user agent without an end": (f'203.0.113.5 - - {REST} "-" "{BOT}', {}),
    "a backslash at the end of the user agent": (f'203.0.113.5 - - {REST} "-" "{BOT}\\"', {"userAgent": BOT + "\\"}),
    "a request for a host without a path": (
        f'203.0.113.5 - - {TIME} "GET https://example.com HTTP/1.1" 200 5 {END}', {"href": "https://example.com/"}),
    "a request that quotes": (
        f'203.0.113.5 - - {TIME} "GET /a" "b HTTP/1.1" 200 5 {END}', {"href": "https://example.com/a%22%20%22b"}),
    "the addresses that a proxy reported behind": (f'203.0.113.5 - - {REST} {END} "198.51.100.7, 192.0.2.7"', {}),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_a_line_a_little_beside_the_format_is_read(one, case):
    line, others = READ[case]
    event = one(line)
    expected = {"href": "https://example.com/docs", "clientIp": "203.0.113.5", "userAgent": BOT, "referrer": None,
                "occurredAt": "2026-11-23T10:00:00Z"} | others  # fmt: skip
    found = {"href": event["page"]["href"], "occurredAt": event["occurredAt"]}
    found |= {name: event["request"].get(name) for name in ("clientIp", "userAgent", "referrer")}
    assert found == expected
    assert event["properties"]["status"] == 200


@pytest.mark.parametrize(
    "line, words",
    [
        (f"Oct  1 {REST} {END}", "has no client, identity and user"),
        (f"Sep 10 13:55:36 of web1: 203.0.113.5 - - {REST} {END}", "has no client, identity and user"),
        (f"203.0.113.5 - - {REST} 0.003 \"{BOT}\"", "has unknown fields and only one quoted text"),
        (f"nobody, anybody - - {REST} {END}", "has no client, identity and user"),
        (f'203.0.113.5 - - {REST} "https://a.example/', "has a referrer without an end"),
    ],
)
def test_a_line_that_would_have_to_be_guessed_is_unreadable(replay, line, words):
    result = replay([combined(agent=BOT), line])
    assert (result.code, result.summary["unreadable"], len(result.events)) == (1, 1, 1)
    assert f"line 2: {words}" in result.errors


@pytest.mark.parametrize("path", ["//style.css", "/style.css;v=1", "//a/style.css?x"])
def test_an_asset_is_known_whatever_is_around_its_name(replay, path):
    assert replay([combined(f"GET {path} HTTP/1.1")]).summary["assets"] == 1


def test_what_was_taken_for_granted_is_told_once(replay):
    lines = [f"203.0.113.5 - - {REST} 0.003 {END}"] * 3 + [f'203.0.113.5 - - {REST} "{BOT}" "https://chatgpt.com/"']
    errors = replay(lines).errors
    assert errors.count("took the last two quoted texts") == 1 and "(lines: 3)" in errors
    assert errors.count("where the user agent should be") == 1 and "(lines: 1)" in errors


def test_a_last_line_that_is_still_being_written_is_not_read(replay):
    whole = combined(agent=BOT)
    for cut in (whole[:-4], whole[: whole.index('"-"') - 1]):
        result = replay(f"{whole}\n{cut}")
        assert (len(result.events), result.summary["unreadable"]) == (1, 1)
        assert "still being written" in result.errors
    assert len(replay(f"{whole}\n{whole}").events) == 2


def test_proxies_that_are_named_tell_the_visitor_s_address(one):
    line = f"198.51.100.9, 203.0.113.5, 192.0.2.7 - - {REST} {END}"
    assert one(line)["request"]["clientIp"] == "198.51.100.9"
    assert one(line, "--trusted-proxies", "192.0.2.0/24")["request"]["clientIp"] == "203.0.113.5"
    behind = f'192.0.2.7 - - {REST} {END} "198.51.100.9, 203.0.113.5"'
    assert one(behind)["request"]["clientIp"] == "192.0.2.7"
    assert one(behind, "--trusted-proxies", "192.0.2.0/24")["request"]["clientIp"] == "203.0.113.5"


def test_paths_are_left_out_and_taken_as_the_options_say(replay):
    lines = [combined(f"GET {path} HTTP/1.1") for path in ("/a", "/admin/x", "/b.css", "/blog/c.css")]
    left = replay(lines, "--exclude-paths", "/admin/*")
    assert [event["page"]["pathname"] for event in left.events] == ["/a"] and left.summary["excluded paths"] == 1
    taken = replay(lines, "--include-paths", "/blog/*")
    assert [event["page"]["pathname"] for event in taken.events] == ["/blog/c.css"] and taken.summary["excluded paths"] == 3


def test_errors_of_agents_are_tracked_as_the_option_says(replay):
    lines = [combined("GET /lost HTTP/1.1", status="404", agent=agent) for agent in (BOT, "Mozilla/5.0")]
    assert [len(replay(lines, "--track-errors", choice).events) for choice in ("none", "ai", "all")] == [0, 1, 2]


@pytest.mark.parametrize("flag", ["--page-types", "--client-ip-header", "--privacy-signals", "--ai-keys-dir"])
def test_an_option_that_means_nothing_for_a_log_is_refused(replay, flag):
    result = replay([combined()], flag, "x")
    assert result.code == 2 and f"{flag}: means nothing for a log" in result.errors


def test_such_an_option_is_taken_from_the_environment(tool):
    assert tool.run("replay", "-", "--site", SITE, "--dry-run", input=[combined()], TPC_PAGE_TYPES="text/html").code == 0


def test_unreadable_lines_are_kept_with_number_and_reason(replay, tmp_path):
    file = tmp_path / "unreadable"
    assert replay([combined(), "no\tlog", combined()], "--unreadable", file).code == 1
    assert file.read_text() == "2\thas no time such as [23/Nov/2026:10:00:00 +0000]\tno\tlog\n"


@pytest.mark.parametrize(
    "most, code",
    [(None, 1), ("2%", 0), ("1.99%", 1), ("1", 0), ("0", 1), ("100%", 0)],
)
def test_a_tolerance_decides_on_the_exit_code(replay, most, code):
    lines = [combined()] * 49 + ["x"]
    assert replay(lines, *(["--max-unreadable", most] if most else [])).code == code
    assert replay([combined()] * 100 + ["x"]).code == 0


@pytest.mark.parametrize("most", ["", "x", "-1", "1.5", "101%", "1.%", "%", "1.00001%"])
def test_another_tolerance_is_refused(replay, most):
    result = replay([combined()], "--max-unreadable", most)
    assert result.code == 2 and "--max-unreadable: expected a number of lines" in result.errors


@pytest.mark.parametrize(
    "lines, words",
    [
        ([common()], "most visits have no user agent"),
        ([combined(client="-")], "most visits have no address"),
        ([combined("-", status="408")], "most lines hold no request"),
        (["x", "y"], "most lines hold no request"),
    ],
)
def test_a_log_that_lacks_what_matters_is_told_of_early_and_at_the_end(replay, lines, words):
    assert words in replay(lines).errors
    assert replay(lines * 1200).errors.count(words) == 2
    assert words not in replay(lines + [combined()] * 2).errors


@pytest.mark.parametrize(
    "line, name",
    [(combined(), "combined"), (common(), "common"), (combined(host="example.org:443"), "vhost_combined")],
)
def test_the_format_that_was_chosen_is_told(replay, line, name):
    result = replay([line] * 3)
    assert f"standard input: read as {name}, the format of 3 of the first 3 lines" in result.errors
    assert "read as" not in replay([line], "--format", name).errors


def test_a_format_without_a_name_is_refused_with_those_that_have_one(replay):
    result = replay([combined()], "--format", "combine")
    assert result.code == 2 and "--format: found no format of that name; expected auto, combined, vhost_combined" in result.errors


def test_a_log_without_hosts_needs_a_site(tool):
    result = tool.run("replay", "-", "--dry-run", input=[combined()])
    assert result.code == 2 and "replay needs --site" in result.errors
    named = tool.run("replay", "-", "--dry-run", input=[combined(host="example.org"), combined()])
    assert [event["page"]["href"] for event in named.events] == ["https://example.org/docs"]
    assert named.summary["without a host"] == 1 and "--site names the host" in named.errors
