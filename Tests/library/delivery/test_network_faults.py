"""No answer at all: refused, reset, cut, stalled. Nothing is lost, nothing is sent altered, and nothing hangs."""

import contextlib
import json
import os
import socket

import pytest
from support import paths
from support.servers.fault_server import ACCEPT, BODY, HEADERS, RESPONSE, Close, FaultServer, Hang, Reply, Reset, Silence
from support.servers.full_backlog import FullBacklog

from . import programs
from .library import DELIVERED, EXPIRED, OK, Client


def test_an_event_waits_until_somebody_listens():
    # Bound to its port from the beginning, and listening within its `with` block.
    server = FaultServer()
    with Client(server.url) as client:
        client.track("one")
        stats = client.wait_for(lambda stats: stats.failed_requests >= 3)
        assert stats.pending == 1
        with server:
            report = client.report()
            assert (report.outcome, report.http_status) == (DELIVERED, 200)
            assert report.attempts == client.stats().requests


@pytest.mark.parametrize("stage", [HEADERS, BODY])
@pytest.mark.parametrize("fault", [Reset, Close])
def test_a_request_that_is_cut_is_sent_again(fault, stage):
    with FaultServer([fault(stage)]) as server, Client(server.url) as client:
        client.track("one")
        report = client.report()
        assert (report.outcome, report.attempts, report.http_status) == (DELIVERED, 2, 200)
        assert len(server.requests) == 2
        stats = client.stats()
        assert (stats.requests, stats.failed_requests, stats.retries) == (2, 1, 1)


@pytest.mark.parametrize("fault", [Reset, Close])
def test_a_connection_that_ends_before_the_request_is_made_again(fault):
    with FaultServer(on_accept=[fault(ACCEPT), fault(ACCEPT)]) as server, Client(server.url) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED
        assert server.connections == 3


@pytest.mark.parametrize("fault", [Reset, Close])
def test_an_answer_whose_status_came_is_an_answer_though_its_body_is_cut(fault):
    with FaultServer([fault(RESPONSE)]) as server, Client(server.url) as client:
        client.track("one")
        report = client.report()
        assert (report.outcome, report.http_status, report.attempts) == (DELIVERED, 200, 1)
        assert client.stats().odd_responses == 1
        assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Reset, Close])
def test_events_whose_replies_are_lost_are_sent_again_byte_for_byte(fault):
    taken = {}

    def script(request):
        server.read_body(request)
        bodies = taken.setdefault(json.loads(request.body)["eventId"], [])
        bodies.append(request.body)
        return fault(BODY) if len(bodies) == 1 else None

    with FaultServer(script) as server, Client(server.url) as client:
        client.track(*(f"event-{number}" for number in range(100)))
        reports = client.reports(100)
        assert client.close() == (OK, 0)
    assert all(report.outcome == DELIVERED for report in reports)
    assert len({report.event_id for report in reports}) == 100
    assert len(taken) == 100
    for bodies in taken.values():
        assert len(bodies) >= 2 and len(set(bodies)) == 1


def test_an_id_that_the_library_made_stays_the_same_across_attempts():
    with FaultServer([Close(BODY), Reply(503), Reset(BODY)]) as server, Client(server.url) as client:
        text = b'{"event":"page_visit","page":{"href":"https://example.com/"}}'
        assert client.try_track(text) == OK
        report = client.report()
    assert report.outcome == DELIVERED
    assert len(server.requests) == 4
    assert len({request.body for request in server.requests}) == 1
    assert json.loads(server.requests[0].body)["eventId"] == report.event_id


def test_a_reply_that_trickles_is_given_up_and_the_event_sent_again():
    with FaultServer([Reply(interval=0.1)]) as server, Client(server.url, request_timeout_ms=300) as client:
        client.track("one")
        report = client.report()
        # A machine with more to do may take that long for a healthy answer, too.
        assert report.outcome == DELIVERED and report.attempts >= 2
        assert client.stats().failed_requests == report.attempts - 1


@pytest.mark.parametrize("stage", [HEADERS, BODY])
def test_a_server_that_hangs_is_given_up_and_the_event_sent_again(stage):
    with FaultServer([Hang(stage)]) as server, Client(server.url, request_timeout_ms=300) as client:
        client.track("one")
        report = client.report()
        assert report.outcome == DELIVERED and report.attempts >= 2


def test_a_connection_that_never_comes_about_is_given_up():
    with FullBacklog() as server:
        options = {"connect_timeout_ms": 200, "delivery_timeout_ms": 1000}
        with Client(server.url, **options) as client:
            client.track("one")
            report = client.report()
            assert (report.outcome, report.http_status) == (EXPIRED, 0)
            assert report.attempts >= 2


def test_a_request_has_its_whole_time_though_its_events_is_up():
    with FaultServer([Reply(delay=0.5)]) as server:
        with Client(server.url, delivery_timeout_ms=100, request_timeout_ms=600_000) as client:
            client.track("one")
            report = client.report()
            assert (report.outcome, report.attempts) == (DELIVERED, 1)


# At least two minutes to the first retry: the tests below end only if they do not wait for one.
SLOW_RETRIES = {"retry_initial_ms": 240_000, "retry_max_ms": 240_000, "max_connections": 1}


def test_a_kept_connection_that_was_closed_while_idle_costs_nothing():
    with FaultServer(lambda _: Reply(close=True)) as server, Client(server.url, **SLOW_RETRIES) as client:
        for number in range(10):
            client.track(number)
            assert client.report().outcome == DELIVERED
            server.wait_until(lambda: not server._open)
        stats = client.stats()
        assert (stats.delivered, stats.pending) == (10, 0)
        assert server.connections == 10
        assert len(server.requests) == 10


@pytest.mark.parametrize("fault", [Reset, Close])
@pytest.mark.parametrize("stage", [HEADERS, BODY])
def test_a_kept_connection_that_ends_under_a_request_is_replaced_at_once(fault, stage):
    """What happens when the server's idle timer and a request cross: every second request finds its connection gone."""
    seen = {}

    def script(request):
        seen[request.connection] = seen.get(request.connection, 0) + 1
        return fault(stage) if seen[request.connection] == 2 else None

    with FaultServer(script) as server, Client(server.url, **SLOW_RETRIES) as client:
        for number in range(20):
            client.track(number)
            assert client.report().outcome == DELIVERED
        assert client.stats().delivered == 20


@pytest.mark.parametrize("gone", [False, True], ids=["alive", "gone"])
def test_connections_that_all_go_silent_at_once_are_all_replaced(gone):
    """As when a firewall has forgotten them. An idle one would cost a request its time as well."""
    silent = set()

    def script(request):
        if len(server.requests) > 40 and request.connection <= old:
            silent.add(request.connection)
            return Silence(gone)
        return None

    with FaultServer(script) as server, Client(server.url, request_timeout_ms=500) as client:
        client.track(*range(40))
        client.reports(40)
        old = server.connections
        client.track(*range(40, 100))
        assert {client.report().outcome for _ in range(60)} == {DELIVERED}
        # No connection was met twice, and none that had been idle after the first was met.
        assert client.stats().failed_requests == len(silent)
        assert len({request.connection for request in server.requests} - silent) > 0


def test_the_system_gives_up_a_connection_that_acknowledges_nothing_for_a_requests_time():
    with FaultServer() as server, Client(server.url, request_timeout_ms=7_000, connect_timeout_ms=2_000) as client:
        client.track("one")
        client.report()
        timeouts = [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) for one in _connections_to(server.port)]
    assert timeouts == [7_000]


def _connections_to(port):
    """Copies of this process's sockets that are connected to a port of this machine."""
    found, seen = [], set()
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
            if target in seen or not target.startswith("socket:"):
                continue
            one = socket.socket(fileno=os.dup(int(number)))
        except OSError:
            continue  # Closed since it was listed.
        seen.add(target)
        with contextlib.suppress(OSError):  # It is not connected.
            if one.family == socket.AF_INET and one.getpeername()[1] == port:
                found.append(one)
                continue
        one.close()
    return found


@pytest.mark.skipif(paths.IS_SELF_CONTAINED, reason="the program takes the place of the system's libcurl, which is not used")
def test_a_wake_up_that_libcurl_loses_is_not_lost():
    def script(request):
        server.read_body(request)
        return Hang(BODY) if json.loads(request.body)["eventId"] == "hangs-0" else None

    with FaultServer(script) as server:
        ages = {"request_timeout_ms": 600_000, "connect_timeout_ms": 600_000, "delivery_timeout_ms": 86_400_000}
        programs.run("swallowed", url=server.url, **ages)


def test_a_request_that_libcurl_never_ends_is_ended_and_its_event_sent_again():
    with FaultServer([Hang(BODY)]) as server:
        programs.run("forgotten", url=server.url, request_timeout_ms=200)
        assert server.connections == 2


def test_connections_are_renewed_every_five_minutes_and_the_hosts_name_is_looked_up_again():
    speed = 500
    with FaultServer() as server:
        url = server.url.replace("127.0.0.1", "events.example")
        options = {"allow_insecure_http": "true", "request_timeout_ms": 600_000, "connect_timeout_ms": 600_000}
        environment = programs.environment(url, **options) | {
            "LD_PRELOAD": programs.compiled("clock", programs.ROOT / "Tests/torture/faults/programs", shared=True),
            "TPC_CLOCK_SPEED": str(speed),
        }
        # Not quite three times five minutes.
        output = programs.ended(programs.launch([programs.compiled("aging"), 880], environment))
    assert programs.measured(output)["failed"] == 0
    assert 2 <= server.connections <= 4
    assert programs.measured(output)["lookups"] >= 2
