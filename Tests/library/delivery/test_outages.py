"""Outages: what they cost in requests, and that nothing is lost or sent twice by them."""

import collections
import itertools
import json
import os
import time

import pytest
from support.servers.fault_server import BODY, FaultServer, Hang, Reply

from .library import DELIVERED, OK, PATIENCE, TIMEOUT, Client, event


def identifiers(requests):
    return [json.loads(request.body)["eventId"] for request in requests]


class Outage:
    """A script: one answer until the time is up, reckoned from the first request, then 200s."""

    def __init__(self, seconds, answer):
        self.seconds, self.answer = seconds, answer
        self.failed, self.taken, self.until = [], [], None

    def __call__(self, request):
        self.until = self.until or request.time + self.seconds
        over = request.time >= self.until
        (self.taken if over else self.failed).append(request)
        return None if over else self.answer


# An outage of a tenth with delays of a tenth, and the issue's own with the defaults.
OUTAGES = {
    "4 s": (4, {"retry_initial_ms": 50, "retry_max_ms": 3000}),
    "40 s": (40, {"retry_initial_ms": None, "retry_max_ms": None}),
}


@pytest.mark.parametrize("seconds, options", OUTAGES.values(), ids=OUTAGES.keys())
def test_an_outage_costs_requests_per_process_and_not_per_event(seconds, options):
    outage = Outage(seconds, Reply(503))
    with FaultServer(outage) as server, Client(server.url, **options) as client:
        client.track(*range(200))
        assert client.close(120_000) == (OK, 0)
    assert len(outage.failed) <= 40
    assert sorted(identifiers(outage.taken), key=int) == [str(number) for number in range(200)]


def test_events_queued_in_an_outage_are_all_reported_delivered():
    outage = Outage(1, Reply(503))
    with FaultServer(outage) as server, Client(server.url, retry_initial_ms=20, retry_max_ms=500) as client:
        client.track(*range(200))
        assert {report.outcome for report in client.reports(200)} == {DELIVERED}
        stats = client.stats()
        assert stats.failed_requests == len(outage.failed) <= 40
        assert stats.requests == len(server.requests) == 200 + stats.failed_requests
        assert stats.retries == stats.failed_requests


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_wrong_credential_that_is_mended_loses_nothing_and_is_logged_once(status):
    reading, writing = os.pipe()
    failures = 8
    with FaultServer([Reply(status)] * failures) as server:
        with Client(server.url, log_level="info", log_descriptor=writing) as client:
            client.track(*range(100))
            assert {report.outcome for report in client.reports(100)} == {DELIVERED}
            assert client.stats().failed_requests == failures
            assert client.close() == (OK, 0)
    os.close(writing)
    with os.fdopen(reading) as log:
        lines = log.read().splitlines()
    assert len(lines) == 2, lines
    assert f"HTTP {status}" in lines[0] and "check the credential" in lines[0]
    assert "takes events again" in lines[1]
    assert not any("key-for-the-test" in line or "example.com" in line for line in lines)
    # Every other probe is an event that has not failed yet: a single one may be refused for what it says.
    probes = identifiers(server.requests[:failures])
    assert len(set(probes[1::2])) == len(probes[1::2])


def test_an_outage_that_turns_out_to_be_a_wrong_credential_says_so():
    reading, writing = os.pipe()
    with FaultServer([Reply(503)] * 6 + [Reply(401)]) as server:
        with Client(server.url, log_level="info", log_descriptor=writing) as client:
            client.track(*range(20))
            assert {report.outcome for report in client.reports(20)} == {DELIVERED}
    os.close(writing)
    with os.fdopen(reading) as log:
        lines = log.read().splitlines()
    assert ["HTTP 503" in lines[0], "HTTP 401" in lines[1], len(lines)] == [True, True, 3], lines


def test_a_wrong_credential_is_probed_by_one_request_at_a_time_at_growing_intervals():
    with FaultServer([Reply(401)] * 6) as server:
        with Client(server.url, retry_initial_ms=40, retry_max_ms=10_000) as client:
            client.track(*range(50))
            client.reports(50)
    times = [request.time for request in server.requests[:7]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    # Jitter takes at most half of each.
    for number, gap in enumerate(gaps):
        assert gap >= 0.040 * 2**number / 2 - 0.002


def test_sixteen_failures_open_the_circuit_of_an_endpoint_that_worked_and_one_request_at_a_time_probes():
    delay, healthy = 0.03, 60

    def script(request):
        return Reply(503, delay=delay) if healthy < request.number <= healthy + 40 else None

    with FaultServer(script) as server, Client(server.url) as client:
        client.track(*range(200))
        assert {report.outcome for report in client.reports(200)} == {DELIVERED}
        assert client.stats().failed_requests == 40
    # Sixteen failures, and the seven others that may have been under way beside the last.
    probes = [request.time for request in server.requests[healthy + 16 + 7 : healthy + 40]]
    assert len(probes) == 17
    for earlier, later in itertools.pairwise(probes):
        assert later - earlier >= delay - 0.002


def test_a_single_failure_among_successes_opens_no_circuit():
    script = lambda request: Reply(503) if request.number % 4 == 0 else None  # noqa: E731
    with FaultServer(script) as server:
        # Were the circuit to open, its first probe would come after minutes.
        with Client(server.url, retry_initial_ms=240_000, retry_max_ms=240_000, log_level="off") as client:
            client.track(*range(100))
            client.wait_for(lambda stats: stats.delivered == 75)


def test_429_opens_the_circuit_at_once():
    delay = 0.05
    with FaultServer([None] * 30 + [Reply(429, delay=delay)] * 20) as server, Client(server.url) as client:
        client.track(*range(100))
        assert {report.outcome for report in client.reports(100)} == {DELIVERED}
    # Eight connections can have been under way.
    probes = [request.time for request in server.requests[38:50]]
    for earlier, later in itertools.pairwise(probes):
        assert later - earlier >= delay - 0.002


def test_after_an_outage_the_server_is_met_with_one_request_first():
    taken = []

    def script(request):
        if request.number <= 10:
            return Reply(503)
        taken.append(request)
        return Reply(delay=0.05)

    with FaultServer(script) as server, Client(server.url) as client:
        client.track(*range(40))
        client.reports(40)
    # The second one goes only when the first has been answered.
    assert taken[1].time - taken[0].time >= 0.05 - 0.002


def test_close_comes_back_in_its_time_from_a_server_that_hangs():
    # A request's own end would come long after a test's patience.
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url, request_timeout_ms=600_000) as client:
        client.track(*range(100))
        server.wait_until(lambda: server.requests)
        started = time.monotonic()
        assert client.close(300) == (TIMEOUT, 100)
        assert 0.299 <= time.monotonic() - started < PATIENCE


def test_a_hung_server_fills_the_queue_and_no_call_waits():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url, queue_max_events=1000) as client:
        statuses = collections.Counter(client.try_track(event(number)) for number in range(20_000))
        assert statuses == {0: 1000, -6: 19_000}
        stats = client.stats()
        assert (stats.pending, stats.refused_queue_full) == (1000, 19_000)
        assert client.close(100) == (TIMEOUT, 1000)
