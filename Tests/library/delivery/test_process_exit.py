"""What exit_timeout_ms lets a host's normal exit do: deliver what is queued, within that time and no longer."""

import json
import time

from support.servers.fault_server import HEADERS, FaultServer, Hang, Reply

from . import programs
from .library import Client


def senders(server, first=0):
    """How many different events came from each sender, from this request on."""
    counts = {}
    for identifier in {json.loads(request.body)["eventId"] for request in server.requests[first:]}:
        sender = identifier.rpartition("-")[0]
        counts[sender] = counts.get(sender, 0) + 1
    return counts


def test_exit_delivers_what_every_client_has_queued(certificates):
    with FaultServer(lambda _: Reply(delay=0.001), tls=certificates.server_context()) as server:
        options = {"url": server.url, "ca_file": certificates.ca_file, "exit_timeout_ms": 60_000}
        programs.run("exit_delivery", "plain", code=7, **options)
        assert senders(server) == {"parent": 100, "other": 100}


def test_exit_delivers_nothing_unless_it_is_asked_to():
    with FaultServer(lambda _: Hang(HEADERS)) as server:
        assert programs.run("exit_delivery", "plain", code=7, url=server.url) == ""


def test_a_closed_client_is_left_alone_at_exit():
    with FaultServer() as server:
        programs.run("exit_delivery", "closed", code=7, url=server.url, exit_timeout_ms=60_000)
        assert senders(server)["other"] == 100


def test_each_process_delivers_its_own_at_its_exit_and_none_of_another_s():
    with FaultServer() as server:
        programs.run("exit_delivery", "forked", code=7, url=server.url, exit_timeout_ms=60_000)
        assert senders(server) == {"parent": 100, "other": 100, "child": 100}
        assert len(server.requests) == 300


def test_exit_ends_in_its_time_beside_a_server_that_hangs_and_says_what_is_left():
    with FaultServer(lambda _: Hang(HEADERS)) as server:
        start = time.monotonic()
        output = programs.run("exit_delivery", "plain", code=7, url=server.url, exit_timeout_ms=300)
        # Not a second time for the second client; and bounded, however slow the machine is.
        assert 0.3 <= time.monotonic() - start < programs.PATIENCE
    assert output.splitlines() == [
        "tpc: warn: the process ends before all events were delivered, pending: 100"
    ] * 2


def test_what_is_on_disk_is_not_left_undelivered_by_an_exit_in_an_outage_and_the_next_process_delivers_it(tmp_path):
    is_out = True
    with FaultServer(lambda _: Reply(503 if is_out else 200)) as server:
        output = programs.run("exit_delivery", "plain", code=7, url=server.url, exit_timeout_ms=300, spool_directory=tmp_path)
        assert "the process ends" not in output
        is_out, first = False, len(server.requests)
        with Client(server.url, spool_directory=tmp_path) as client:
            client.track("late-0")
            server.wait_until(lambda: senders(server, first) == {"parent": 100, "other": 100, "late": 1})
