# SPDX-License-Identifier: Apache-2.0
"""The ids of replayed lines: the request's own where the log's writer gives each request one, else the line's."""

import json

import pytest

from tool.logs import combined


def cloudflare(ray, **members):
    return json.dumps({
        "ClientIP": "192.0.2.7", "ClientRequestHost": "example.com", "ClientRequestMethod": "GET", "ClientRequestURI": "/docs",
        "ClientRequestScheme": "https", "ClientRequestUserAgent": "GPTBot/1.2", "EdgeResponseStatus": 200,
        "EdgeStartTimestamp": "2026-11-23T10:00:00Z", "RayID": ray, **members,
    })  # fmt: skip


def ids(tool, *lines, arguments=()):
    result = tool.run("replay", "-", "--site", "https://example.com", "--dry-run", *arguments, input=list(lines))
    assert result.code == 0, result.errors
    return [event["eventId"] for event in result.events]


def test_a_ray_id_is_the_requests_whatever_else_its_line_says(tool):
    one, again, other = ids(tool, cloudflare("8f1a2b3c4d5e6f70"), cloudflare("8f1a2b3c4d5e6f70", EdgeResponseBytes=7), cloudflare("8f1a2b3c4d5e6f71"))
    assert one == again != other
    # With the option, it is the same id.
    assert ids(tool, cloudflare("8f1a2b3c4d5e6f70"), arguments=("--event-id", "request")) == [one]


@pytest.mark.parametrize("member", [{"RayID": ""}, {"RayID": None}])
def test_a_line_without_one_has_the_lines_id(tool, member):
    first, second = ids(tool, cloudflare("", **member), cloudflare("", **member))
    assert first != second
    assert ids(tool, cloudflare("", **member), cloudflare("", **member)) == [first, second]


def test_an_id_at_the_end_of_a_combined_line_is_a_guess_and_needs_the_option(tool):
    lines = [combined(rest=" 4bf92f3577b34da6a3ce929d0e0e4736", size=size) for size in ("1", "2")]
    assert len(set(ids(tool, *lines))) == 2
    assert len(set(ids(tool, *lines, arguments=("--event-id", "request")))) == 1
