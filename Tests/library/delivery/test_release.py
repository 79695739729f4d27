"""tpc_client_release: a client that nobody can close delivers what it has, and then ends by itself."""

import json
import os
import time

import pytest
from support.servers.fault_server import HEADERS, FaultServer, Hang, Reply

from . import programs
from .library import CLOSED, OK, PATIENCE, Client, event, tpc
from .test_process_exit import senders

SLOW = lambda _: Reply(delay=0.005)  # noqa: E731


def resources():
    """The process's threads of ours, which have a name from their first request on, and its descriptors."""
    names = []
    for number in os.listdir("/proc/self/task"):
        try:
            names.append(open(f"/proc/self/task/{number}/comm").read().strip())
        except OSError:
            pass
    return names.count("tpc-sender"), len(os.listdir("/proc/self/fd"))


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, resources()
        time.sleep(0.002)


def received(server):
    return sorted(json.loads(request.body)["eventId"] for request in server.requests)


def test_it_delivers_what_is_queued_and_then_frees_thread_and_descriptors():
    with FaultServer(SLOW) as server:
        before = resources()
        client = Client(server.url)
        client.track(*range(100))
        assert client.descriptor() >= 0
        assert tpc.tpc_client_release(client.token) == OK
        server.wait_until(lambda: len(server.requests) >= 100, PATIENCE)
        # The server's ends of the connections are of this process, too.
        wait_until(lambda: resources()[0] == before[0] and not server._open)
        wait_until(lambda: resources() == before)
        assert received(server) == sorted(map(str, range(100)))


def test_the_token_is_closed_at_once():
    with FaultServer(SLOW) as server:
        before = resources()
        client = Client(server.url)
        client.track(*range(20))
        assert tpc.tpc_client_release(client.token) == OK
        assert tpc.tpc_client_release(client.token) == CLOSED
        assert client.try_track(event("late")) == CLOSED
        assert client.close() == (CLOSED, 0) and client.flush()[0] == CLOSED and client.descriptor() == -1
        server.wait_until(lambda: len(server.requests) >= 20, PATIENCE)
        wait_until(lambda: resources()[0] == before[0])
        assert received(server) == sorted(map(str, range(20)))


def test_it_does_not_wait_for_a_server_that_hangs():
    with FaultServer(lambda _: Hang(HEADERS)) as server:
        before = resources()
        client = Client(server.url, delivery_timeout_ms=50, request_timeout_ms=100)
        client.track("one")
        server.wait_until(lambda: server.requests, PATIENCE)
        assert tpc.tpc_client_release(client.token) == OK
        # The call is back while the request hangs. The event expires, and with the last event the client ends.
        assert resources()[0] == before[0] + 1
        wait_until(lambda: resources()[0] == before[0])


def test_events_that_wait_for_a_retry_are_still_delivered():
    with FaultServer([Reply(503), Reply(503), Reply()]) as server:
        before = resources()
        client = Client(server.url)
        client.track("one")
        assert tpc.tpc_client_release(client.token) == OK
        server.wait_until(lambda: len(server.requests) >= 3, PATIENCE)
        wait_until(lambda: resources()[0] == before[0])
        assert received(server) == ["one"] * 3


def test_2000_clients_that_are_dropped_leave_nothing_behind():
    with FaultServer() as server:
        before = resources()
        for number in range(2_000):
            client = Client(server.url)
            if number % 100 == 0:
                client.track(number)
            assert tpc.tpc_client_release(client.token) == OK
        server.wait_until(lambda: len(server.requests) >= 20, PATIENCE)
        wait_until(lambda: resources()[0] == before[0] and not server._open)
        wait_until(lambda: resources() == before)


@pytest.mark.parametrize("time", [0, 60_000], ids=["no-time", "time"])
def test_the_exit_waits_for_it_as_for_an_open_client(time):
    with FaultServer(SLOW) as server:
        output = programs.run("exit_delivery", "released", code=7, url=server.url, exit_timeout_ms=time)
        assert output == ""
        # 100 events of 5 ms each, on 8 connections: without time, the process is gone before.
        assert (senders(server) == {"parent": 100, "other": 100}) == (time > 0)


def test_the_exit_says_what_it_leaves_of_it():
    with FaultServer(lambda _: Hang(HEADERS)) as server:
        output = programs.run("exit_delivery", "released", code=7, url=server.url, exit_timeout_ms=100)
        assert output.splitlines() == ["tpc: warn: the process ends before all events were delivered, pending: 100"] * 2


def test_a_child_leaves_its_parent_s_released_client_alone():
    with FaultServer(SLOW) as server:
        programs.run("exit_delivery", "released-forked", code=7, url=server.url, exit_timeout_ms=60_000)
        assert senders(server) == {"parent": 100, "other": 100, "child": 100}
        assert len(server.requests) == 300
