# SPDX-License-Identifier: Apache-2.0
"""Debian's Express, in one process and as a cluster of two: every request's event arrives, and no worker crashes."""

import contextlib
import json

import pytest

from . import load, nodes

REQUESTS = 400


@contextlib.contextmanager
def serving(project, collector, *arguments):
    """The application and the port it listens on; it ends by itself at the end of the block, with exit code 0."""
    # A busy machine may need longer than the two seconds, and the seconds of a request, that hold without it.
    patience = {"TPC_EXIT_TIMEOUT_MS": "60000", "TPC_REQUEST_TIMEOUT_MS": "60000", "TPC_CONNECT_TIMEOUT_MS": "60000"}
    environment = project.environment(collector, NODE_PATH=nodes.DEBIAN_MODULES, **patience)
    process = project.start("site.cjs", *arguments, environment=environment)
    try:
        yield process, int(process.stdout.readline())
        output, _ = process.communicate(timeout=nodes.PATIENCE_SECONDS)
        process.rest = output
        assert process.returncode == 0, output
    finally:
        nodes.end(process)


def paths(count):
    return [f"/pages/{number}?n={number}" for number in range(count)]


def addresses(collector):
    """The address of every page that arrived, less the host."""
    return sorted(event["event"]["page"]["href"].split("/", 3)[3] for event in collector.good())


def test_every_request_to_one_process_arrives(project, collector):
    with serving(project, collector) as (_, port):
        assert load.get_all(port, paths(REQUESTS)) == {200: REQUESTS}
    assert addresses(collector) == sorted(path[1:] for path in paths(REQUESTS))


def test_every_request_to_a_cluster_arrives_through_a_graceful_restart(project, collector):
    half = REQUESTS // 2
    with serving(project, collector, "cluster") as (process, port):
        before = load.get_all(port, paths(REQUESTS)[:half])
        process.stdin.write("restart\n")
        process.stdin.flush()
        # The old workers end while the requests go on.
        after = load.get_all(port, paths(REQUESTS)[half:])
        assert (before, after) == ({200: half}, {200: half})
        # On a busy machine one of the new workers may not have begun yet.
        said = list(iter(process.stdout.readline, "restarted\n"))
        last = [f"/pages/last-{number}" for number in range(8)]
        assert load.get_all(port, last) == {200: len(last)}
    assert said + process.rest.splitlines(keepends=True) == ["worker ended with 0\n"] * 4
    assert addresses(collector) == sorted(path[1:] for path in paths(REQUESTS) + last)
    assert len({event["event"]["properties"]["process"] for event in collector.good()}) == 4


def test_a_visit_says_what_the_request_said_and_what_the_application_adds(project, collector):
    with serving(project, collector) as (_, port):
        secret = {"Cookie": "secret=1", "Authorization": "Bearer secret"}
        load.get(port, "/pages/a%20b?q=1", Referer="https://chatgpt.com/", **secret)
    [received] = collector.good()
    event = received["event"]
    assert event["page"] == {
        "href": f"http://127.0.0.1:{port}/pages/a%20b?q=1", "domain": "127.0.0.1", "pathname": "/pages/a%20b",
    }  # fmt: skip
    assert event["request"]["referrer"] == "https://chatgpt.com/"
    assert event["request"]["userAgent"] == load.AGENT
    assert event["request"]["clientIp"] == "127.0.0.1"
    assert event["request"]["method"] == "GET"
    assert event["properties"]["length"] == "18"
    assert "secret" not in json.dumps(received["body"])


def test_answers_that_are_not_pages_leave_no_event(project, collector):
    with serving(project, collector) as (_, port):
        statuses = [load.get(port, path)[0] for path in ("/missing", "/fault", "/pages/users")]
        load.get(port, "/pages/prefetched", **{"Sec-Purpose": "prefetch"})
        load.get(port, "/pages/page")
    assert statuses == [404, 500, 200]
    assert [address.split("?")[0] for address in addresses(collector)] == ["pages/page"]


WRONG = [{"TPC_API_KEY": ""}, {"TPC_MAX_IN_FLIGHT": "many"}, {"TPC_QUEUE_MAX_EVENTS": "1"}]


@pytest.mark.parametrize("variables", WRONG)
def test_the_application_answers_whatever_is_wrong_with_us(project_20, variables):
    # No event gets out, so that a queue of one is soon full.
    nowhere = {"THE_PROMPTING_COMPANY_BASE_URL": "http://127.0.0.1:1", "TPC_API_KEY": "key", "TPC_EXIT_TIMEOUT_MS": "0"}
    environment = project_20.environment(NODE_PATH=nodes.DEBIAN_MODULES, **{**nowhere, **variables})
    process = project_20.start("site.cjs", environment=environment)
    try:
        # Warnings come before it.
        port = next(int(line) for line in process.stdout if line.strip().isdigit())
        assert load.get_all(port, paths(50)) == {200: 50}
        process.communicate(timeout=nodes.PATIENCE_SECONDS)
        assert process.returncode == 0
    finally:
        nodes.end(process)
