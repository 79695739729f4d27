# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay with --event-id request: the ids that the requests have wherever they are seen."""

import hashlib
import hmac
import uuid

import pytest

from tool.logs import combined

SITE = "https://Example.com"
ID = "7b44e8f1c0ff4d24b0c1f3a4b5c6d7e8"
SPAN = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"


def identity(request_id, domain="example.com", address="192.0.2.1"):
    """The id as docs/web-requests.md says that it is made."""
    text = "".join(f"{len(part)}:{part}," for part in (domain, address, request_id)).encode()
    bits = bytearray(hmac.new(b"", text, hashlib.sha256).digest()[:16])
    bits[6], bits[8] = bits[6] & 0x0F | 0x80, bits[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(bits)))


@pytest.fixture
def ids(tool):
    def ids(*rests, flags=("--event-id", "request"), **line):
        lines = [combined(rest=rest, **line) for rest in rests]
        result = tool.run("replay", "-", "--site", SITE, "--dry-run", *flags, input=lines)
        assert result.code == 0
        return [event["eventId"] for event in result.events]

    return ids


def test_the_last_word_of_a_line_is_the_requests_id(ids):
    rests = [f" {ID}", f' "{ID}"', f' "203.0.113.9" 0.012 {ID}', f' "a b" "{ID}"', f' "" "" "{ID.upper()}"']
    assert ids(*rests) == [identity(ID)] * 5
    assert ids(f" 00-{SPAN}-01", f' "00-{SPAN}-00"') == [identity(SPAN)] * 2
    assert ids(f" {ID}", client="2001:DB8::1") == [identity(ID, address="2001:db8::1")]
    assert ids(f" {ID}", host="www.example.com:443") == [identity(ID, domain="www.example.com")]


@pytest.mark.parametrize("rest", ["", ' "-"', " -", " 0.012", ' "203.0.113.9"', " 1234567", f' "a {ID}"', f" x.{ID}", f" {ID} ", f' {ID}"'])
def test_a_line_without_a_requests_id_has_the_id_of_its_line(rest, ids):
    assert ids(rest) == ids(rest, flags=())


def test_a_requests_id_counts_only_when_the_flag_says_so_and_with_an_address(ids):
    first, second = ids(f" {ID}", f" {ID}", flags=())
    assert first != second != identity(ID)
    assert ids(f" {ID}", client="host.example.net") == ids(f" {ID}", client="host.example.net", flags=())


def test_a_request_that_is_in_two_lines_is_accounted_for_twice(sender, collector):
    result = sender.run("replay", "-", "--site", SITE, "--event-id", "request", input=[combined(rest=f" {ID}")] * 2)
    assert result.code == 0 and result.summary["delivered"] == 2
    assert {entry["event"]["eventId"] for entry in collector.good()} == {identity(ID)}


def test_send_has_flags_of_its_own_of_the_options_names(tool):
    result = tool.run("send", "--href", "https://example.com/", "--dry-run", "--event-id", "request", "--anonymous-id", "daily")
    assert (result.events[0]["eventId"], result.events[0]["anonymousId"]) == ("request", "daily")
    shown = tool.run("send", "--help").output
    assert shown.count("--event-id") == shown.count("--anonymous-id") == 1
