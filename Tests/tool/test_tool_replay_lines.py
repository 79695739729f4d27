# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay: what an access log's line becomes."""

import pytest

from tool.logs import CHROME, combined, common

SITE = "https://example.com"


@pytest.fixture
def replay(tool):
    """Shows the events of lines."""
    return lambda *lines, flags=(): tool.run("replay", "-", "--site", SITE, "--dry-run", *flags, input=list(lines))


@pytest.fixture
def one(replay):
    """Shows the one event of a line."""

    def show(line, *flags):
        result = replay(line, flags=flags)
        assert (result.code, len(result.lines)) == (0, 1), result.errors
        return result.events[0]

    return show


def test_a_combined_line_becomes_a_page_visit_with_all_that_it_says(one):
    event = one(combined("GET /docs?a=1 HTTP/2.0", referrer="https://chatgpt.com/", client="2001:db8::1"))
    identity = event.pop("eventId")
    assert identity[14] == "8"
    assert event.pop("sdk")["runtime"] == "tpc-events"
    assert event == {
        "event": "page_visit",
        "occurredAt": "2026-11-23T10:00:00Z",
        "page": {"href": "https://example.com/docs?a=1", "domain": "example.com", "pathname": "/docs"},
        "request": {"referrer": "https://chatgpt.com/", "userAgent": CHROME, "clientIp": "2001:db8::1", "method": "GET"},
        "properties": {"status": 200, "bytes": 5120},
    }


def test_a_common_line_has_no_referrer_and_no_user_agent(one):
    assert one(common())["request"] == {"clientIp": "192.0.2.1", "method": "GET"}


@pytest.mark.parametrize("value", ["-", ""])
def test_what_the_server_did_not_know_is_absent(one, value):
    event = one(combined(referrer=value, agent=value, size="-"))
    assert event["request"] == {"clientIp": "192.0.2.1", "method": "GET"}
    assert event["properties"] == {"status": 200}


@pytest.mark.parametrize(
    "host, flags, domain",
    [
        ("docs.example.org:443", (), "docs.example.org"),
        ("docs.example.org", (), "docs.example.org"),
        ("[2001:db8::1]:80", (), "[2001:db8::1]"),
        ("docs.example.org:443", ("--ignore-vhosts",), "example.com"),
        ("_:80", (), "example.com"),
        ("_", (), "example.com"),
        ("*:80", (), "example.com"),
    ],
)
def test_a_virtual_host_names_the_page_s_host(one, host, flags, domain):
    event = one(combined(host=host), *flags)
    assert event["page"]["href"] == f"https://{domain}/docs"
    assert event["request"]["clientIp"] == "192.0.2.1"


@pytest.mark.parametrize("user", ["alice", "alice smith", "a [b] c", '"quoted"'])
def test_a_user_s_name_may_hold_anything(one, user):
    event = one(combined(user=user))
    assert event["page"]["href"] == "https://example.com/docs"
    assert "alice" not in str(event)


@pytest.mark.parametrize("client", ["crawler.example.net", "-", "unix:"])
def test_a_client_that_is_not_an_address_is_left_out(one, client):
    assert "clientIp" not in one(combined(client=client))["request"]


@pytest.mark.parametrize(
    "time, expected",
    [
        ("23/Nov/2026:10:00:00 +0000", "2026-11-23T10:00:00Z"),
        ("01/Jan/2026:23:59:59 -0730", "2026-01-01T23:59:59-07:30"),
        ("29/Feb/2024:00:00:00 +0530", "2024-02-29T00:00:00+05:30"),
        ("31/dec/2016:23:59:60 +0000", "2016-12-31T23:59:60Z"),
    ],
)
def test_the_time_keeps_its_offset(one, time, expected):
    assert one(combined(time=time))["occurredAt"] == expected


@pytest.mark.parametrize(
    "target, href",
    [
        ("/a b", "/a%20b"),
        ("/caf\\xC3\\xA9", "/caf%C3%A9"),
        ("/caf\\xe9", "/caf%E9"),
        ("/café", "/caf%C3%A9"),
        ('/?q=\\"x\\"', "/?q=%22x%22"),
        ("/?q=\\x22x\\x22", "/?q=%22x%22"),
        ('/?q="x"', "/?q=%22x%22"),
        ('/?q=\\" 200 5', "/?q=%22%20200%205"),
        ("/a\\\\b", "/a%5Cb"),
        ("/a\\x5Cb", "/a%5Cb"),
        ("/a\\tb\\x00c", "/a%09b%00c"),
        ("/100%", "/100%25"),
        ("/a%2Fb", "/a%2Fb"),
        ("/[id]?a[]=1", "/%5Bid%5D?a%5B%5D=1"),
        ("//double", "//double"),
        ("/a#b#c", "/a#b%23c"),
        ("https://example.com/abs?a=1", "/abs?a=1"),
        ("http://EXAMPLE.com:80/abs", "/abs"),
    ],
)
def test_a_target_becomes_a_valid_url_and_is_not_lost(one, target, href):
    assert one(combined(f"GET {target} HTTP/1.1"))["page"]["href"] == SITE + href


def test_repaired_urls_are_counted(replay):
    result = replay(combined("GET /a b HTTP/1.1"), combined("GET /ok HTTP/1.1"))
    assert result.summary["URLs repaired"] == 1


def test_a_request_without_a_version_is_one_of_http_0_9(one):
    assert one(combined("GET /old"))["page"]["href"] == SITE + "/old"


@pytest.mark.parametrize(
    "escaped, agent",
    [
        ('say \\"hi\\"', 'say "hi"'),
        ("say \\x22hi\\x22", 'say "hi"'),
        ('an unescaped"quote', 'an unescaped"quote'),
        ('say \\"hi\\" again', 'say "hi" again'),
        ("ends with one\\\\", "ends with one\\"),
        ("back\\\\slash", "back\\slash"),
        ("tab\\there", "tab\there"),
        ("caf\\xC3\\xA9", "café"),
        ("caf\\xE9", "caf\ufffd"),
        ("nul\\x00", "nul\0"),
        ("not\\xZZ an escape\\q", "not\\xZZ an escape\\q"),
    ],
)
def test_a_user_agent_is_what_the_visitor_sent(one, escaped, agent):
    assert one(combined(agent=escaped))["request"]["userAgent"] == agent


def test_more_fields_after_the_user_agent_are_ignored(one):
    assert one(combined(rest=' "203.0.113.9" 0.021 -'))["request"]["userAgent"] == CHROME


def test_a_carriage_return_at_the_end_is_not_part_of_the_line(replay):
    plain, dos = (replay(combined() + end).events[0] for end in ("", "\r"))
    assert plain == dos


@pytest.mark.parametrize(
    "line, words",
    [
        ("", None),
        ("nonsense", "has no time"),
        ('192.0.2.1 - - "GET / HTTP/1.1" 200 1', "has no time"),
        (combined(time="23/Nox/2026:10:00:00 +0000"), "has no time"),
        (combined(time="30/Feb/2026:10:00:00 +0000"), "has a time that no calendar"),
        (combined(time="23/Nov/2026:24:00:00 +0000"), "has a time that no calendar"),
        ("192.0.2.1 - [23/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1", "has no client, identity and user"),
        ("192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] GET / 200 1", "has no quoted request"),
        ("192.0.2.1 - - [23/Nov/2026:10:00:00 +0000]", "has no"),
        ("192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] \"GET / HTT", "has no end of the request"),
        ("192.0.2.1 - - [23/Nov/2026:10:00:00 +0000] \"GET / HTTP/1.1\" OK 1", "has no end of the request"),
        (common(size="many"), "has no number of bytes"),
        (common() + ' "https://a/', "has a referrer without an end"),
        (combined(host="bad<host:80"), "has no client, identity and user"),
        ("\0" * 40, None),
        ("x" * 300_000, "is longer than 262144 bytes"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_counted_and_reported(replay, line, words):
    result = replay(combined("GET /a HTTP/1.1"), line, combined("GET /b HTTP/1.1"))
    assert [event["page"]["pathname"] for event in result.events] == ["/a", "/b"]
    if words is None:
        assert (result.code, result.summary["blank"]) == (0, 1)
    else:
        assert (result.code, result.summary["unreadable"]) == (1, 1)
        assert f"line 2: {words}" in result.errors


def test_secrets_in_urls_and_referrers_are_redacted(one):
    event = one(combined("GET /a?token=secret&b=1 HTTP/1.1", referrer="https://example.com/?api_key=secret"))
    assert "secret" not in str(event)
    assert event["page"]["href"].endswith("?token=REDACTED&b=1")


def test_a_url_that_no_encoding_repairs_is_refused_by_name(replay):
    result = replay(combined(host="[2001:80"))
    assert (result.code, result.summary["refused here"]) == (1, 1)
    assert "line 1: /page/href: found" in result.errors
