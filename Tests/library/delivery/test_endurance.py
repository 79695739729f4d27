"""Many events: at a server that hangs, across a distance, and from many threads at once."""

import collections
import json
import subprocess
import threading

from support.servers.fault_server import BODY, FaultServer, Hang
from support.servers.http2_server import Http2Server

from . import programs
from .library import OK, Client, event


def test_a_million_events_at_a_server_that_hangs_hold_up_nobody_and_take_no_memory():
    with FaultServer(lambda _: Hang(BODY)) as server:
        # A request's own end would come long after a test's patience.
        result = programs.measured(programs.run("hung", 1_000_000, url=server.url, request_timeout_ms=600_000))
    assert (result["taken"], result["full"]) == (10_000, 990_000)
    # Beyond what the full queue took, at most the sender's own first buffers.
    assert result["growth_bytes"] < 2 << 20
    # Of a million calls a scheduler's few on a machine with more to do; waiting for the network would be every one.
    assert result["over_1_ms"] < 10_000
    assert (result["status"], result["undelivered"]) == (-8, 10_000)
    assert 1.999 <= result["close_seconds"] < programs.PATIENCE


def test_a_thousand_events_are_delivered_across_a_round_trip_of_50_ms_before_close_returns(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"]), delay=0.02) as server:
        proxy = subprocess.Popen(
            [programs.distance(), str(server.port), "50"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with proxy:
            url = f"https://127.0.0.1:{proxy.stdout.readline().strip()}"
            output = programs.run("distant", 1000, 60_000, url=url, ca_file=certificates.ca_file)
        result = programs.measured(output)
        assert (result["status"], result["undelivered"]) == (OK, 0), result
        assert len({json.loads(request.body)["eventId"] for request in server.requests}) == 1000 == len(server.requests)
        assert server.connections == 1
        # Side by side rather than one after the other; `make bench` has the time.
        assert server.most_streams >= 30


def test_eight_threads_deliver_twenty_thousand_events_once_each():
    threads, each = 8, 2500
    with FaultServer() as server, Client(server.url, queue_max_events=20_000) as client:

        def track(thread):
            for number in range(each):
                assert client.try_track(event(f"{thread}-{number}")) == OK

        tracking = [threading.Thread(target=track, args=(thread,)) for thread in range(threads)]
        for thread in tracking:
            thread.start()
        for thread in tracking:
            thread.join()
        reports = client.reports(threads * each)
        stats = client.stats()
        assert (stats.accepted, stats.delivered, stats.failed_requests) == (20_000, 20_000, 0)
        assert client.close() == (OK, 0)
        received = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests)
    wanted = {f"{thread}-{number}" for thread in range(threads) for number in range(each)}
    assert {report.event_id for report in reports} == wanted == set(received)
    assert set(received.values()) == {1}
