"""Forks, in C and from Python: the parent's events stay the parent's, a child's are its own, and nothing hangs."""

import collections
import json
import multiprocessing
import os
import socket
import traceback

import pytest
from support.servers.fault_server import FaultServer, Reply

from . import programs
from .library import DELIVERED, OK, PATIENCE, TIMEOUT, Client

SLOW = lambda _: Reply(delay=0.005)  # noqa: E731


@pytest.fixture(params=["plain", "tls"])
def fork(request, certificates):
    """Runs programs/fork.c in one way; returns how often each event came, and the program's output."""

    def fork(way, *arguments):
        tls = certificates.server_context() if request.param == "tls" else None
        with FaultServer(SLOW, tls=tls) as server:
            options = {"ca_file": certificates.ca_file, "queue_max_events": 1000}
            output = programs.run("fork", way, *arguments, url=server.url, **options)
            received = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests)
        return received, output

    return fork


def named(**counts):
    return {f"{sender}-{number}": 1 for sender, count in counts.items() for number in range(count)}


def test_beside_a_busy_sender_parent_and_child_deliver_their_own_once(fork):
    assert fork("live")[0] == named(parent=250, child=50)


def test_beside_an_idle_sender_parent_and_child_deliver_their_own_once(fork):
    assert fork("idle")[0] == named(parent=100, child=50)


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
def test_the_server_sees_connections_end_though_a_child_lives_on(certificates, encrypted):
    with FaultServer(tls=certificates.server_context() if encrypted else None) as server:
        process = programs.start("heir", url=server.url, ca_file=certificates.ca_file)
        try:
            assert process.stdout.readline() == "closed\n"
            server.wait_until(lambda: not server._open, PATIENCE)
        finally:
            process.kill()
            process.communicate()


def test_a_child_that_tracks_nothing_starts_no_thread_and_sends_nothing(fork):
    assert fork("silent")[0] == named(parent=50)


def test_each_generation_delivers_its_own(fork):
    assert fork("nested")[0] == named(parent=30, child=30, grandchild=30)


def test_fifty_forks_while_four_threads_hold_locks(fork):
    received, output = fork("busy")
    children = named(**{f"child-{number}": 3 for number in range(50)})
    assert {identifier: count for identifier, count in received.items() if identifier.startswith("child")} == children
    parents = {identifier: count for identifier, count in received.items() if identifier.startswith("parent")}
    assert len(parents) == programs.measured(output)["accepted"]
    assert set(parents.values()) == {1}


@pytest.mark.parametrize("milliseconds", range(4))
def test_a_fork_that_meets_the_sender_while_it_connects(fork, milliseconds):
    for part in range(20):
        delay = 1000 * milliseconds + 50 * part
        assert fork("connecting", delay)[0] == named(parent=1, child=1), f"after {delay} µs"


def test_a_shared_client_is_shared_by_name_in_each_process_on_its_own(fork):
    assert fork("shared")[0] == named(parent=20, child=20, renewed=20)


def test_what_was_closed_stays_closed_in_a_child_that_may_open_its_own(fork):
    assert fork("closed")[0] == named(parent=20, child=20)


@pytest.mark.parametrize("way", ["live", "idle", "nested"])
def test_a_child_notices_the_fork_where_the_kernel_only_pretends_to_mark_it(way):
    preloaded = {"LD_PRELOAD": programs.compiled("no_wipe", shared=True)}
    with FaultServer(SLOW) as server:
        environment = programs.environment(server.url, queue_max_events=1000) | preloaded
        programs.ended(programs.launch([programs.compiled("fork"), way], environment))
        received = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests)
    assert set(received.values()) == {1}
    assert {identifier.rpartition("-")[0] for identifier in received} >= {"parent", "child"}


def test_the_server_hears_that_the_parent_closes_though_a_child_lives_on():
    reading, writing = os.pipe()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        with Client(f"http://127.0.0.1:{listening.getsockname()[1]}") as client:
            client.track("parent")
            connection, _ = listening.accept()
            connection.recv(1)
            pid = os.fork()
            if pid == 0:
                os.close(writing)
                connection.close()
                os.read(reading, 1)
                os._exit(0)
            os.close(reading)
            assert client.close(0) == (TIMEOUT, 1)
            connection.settimeout(60)
            while connection.recv(65536):
                pass
    os.close(writing)
    connection.close()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def in_child(function):
    """Runs a function in a forked process; its exceptions are shown, and fail the parent."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_os_fork_gives_the_child_a_queue_of_its_own(collector_url):
    def child():
        assert client.stats().accepted == 0
        client.track("child")
        assert [report.event_id for report in client.reports(1)] == ["child"]
        assert client.close() == (OK, 0)

    with Client(collector_url) as client:
        client.track("before")
        in_child(child)
        client.track("after")
        assert {report.event_id for report in client.reports(2)} == {"before", "after"}


def test_a_childs_report_descriptor_is_its_own(collector_url):
    def child():
        assert client.descriptor() != parents
        assert client.poll() is None
        client.track("child")
        assert client.report().outcome == DELIVERED

    with Client(collector_url) as client:
        parents = client.descriptor()
        client.track("parent")
        assert client.flush() == (OK, 0)
        in_child(child)
        assert client.report().event_id == "parent"


def test_a_child_closes_without_taking_anything_from_its_parent(collector_url):
    with Client(collector_url) as client:
        client.track(1)
        in_child(lambda: client.close(0) == (OK, 0) or os._exit(3))
        client.track(2)
        assert len(client.reports(2)) == 2


def test_ids_that_parent_and_children_make_are_all_different(collector_url):
    text = b'{"event":"page_visit","page":{"href":"https://example.com/"}}'

    def identifiers():
        for _ in range(20):
            assert client.try_track(text) == OK
        return [report.event_id for report in client.reports(20)]

    def child():
        os.write(writing, (" ".join(identifiers()) + " ").encode())

    with Client(collector_url) as client:
        identifiers()
        reading, writing = os.pipe()
        for _ in range(3):
            in_child(child)
        mine = identifiers()
        os.close(writing)
        with os.fdopen(reading) as pipe:
            theirs = pipe.read().split()
    assert len(set(mine + theirs)) == 80


def _work(number):
    _client.track(f"worker-{os.getpid()}-{number}")
    return _client.report().outcome, _client.flush()


def test_multiprocessing_workers_deliver_what_they_track(collector_url):
    global _client
    with Client(collector_url) as _client:
        _client.track("parent")
        with multiprocessing.get_context("fork").Pool(4) as pool:
            assert pool.map(_work, range(100), chunksize=5) == [(DELIVERED, (OK, 0))] * 100
        assert _client.report().event_id == "parent"
        assert _client.stats().accepted == 1


def test_a_child_forked_during_an_outage_has_none_of_its_parents_trouble(collector_url):
    with FaultServer(lambda _: Reply(401)) as server, Client(server.url) as troubled, Client(collector_url) as client:
        troubled.track(*range(10))
        troubled.wait_for(lambda stats: stats.failed_requests > 0)

        def child():
            assert troubled.stats().accepted == 0
            assert troubled.close(0) == (OK, 0)
            client.track("child")
            assert client.report().outcome == DELIVERED

        in_child(child)
        assert troubled.close(0) == (TIMEOUT, 10)
