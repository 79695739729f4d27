"""Waiting for deliveries, and ending."""

import json
import threading
import time

import pytest
from support.servers.fault_server import BODY, FaultServer, Hang, Reply

from .library import CLOSED, DELIVERED, OK, PATIENCE, TIMEOUT, Client, Refused, event

# At least two minutes to every retry, longer than any test waits: a retry that comes sooner was hurried.
SLOW_RETRIES = {"retry_initial_ms": 240_000, "retry_max_ms": 240_000}


def in_thread(function):
    """Starts a function; calling the result joins the thread and returns what it returned."""
    results = []

    def run():
        try:
            results.append(function())
        except Refused as refused:
            results.append(refused.status)

    thread = threading.Thread(target=run)
    thread.start()

    def join():
        thread.join(60)
        assert not thread.is_alive(), "still waiting"
        return results[0]

    return join


def test_a_flush_of_an_empty_queue_returns_at_once():
    with FaultServer() as server, Client(server.url) as client:
        assert client.flush(0) == (OK, 0)
        assert client.flush() == (OK, 0)
        assert server.connections == 0


def test_a_flush_returns_when_everything_is_answered_for():
    with FaultServer(lambda _: Reply(delay=0.01)) as server, Client(server.url) as client:
        client.track(*range(50))
        assert client.flush() == (OK, 0)
        assert client.stats().delivered == 50


def test_a_flush_counts_what_is_pending_when_its_time_is_up():
    with FaultServer(lambda request: None if request.number <= 3 else Hang(BODY)) as server:
        with Client(server.url, max_connections=1) as client:
            client.track(*range(10))
            client.wait_for(lambda stats: stats.delivered == 3)
            assert client.flush(0) == (TIMEOUT, 7)
            assert client.flush(50) == (TIMEOUT, 7)
            assert client.stats().pending == 7


def test_a_flush_tries_at_once_what_waits_for_a_retry():
    with FaultServer([Reply(503), Reply(503)]) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track("one", "two")
        client.wait_for(lambda stats: stats.failed_requests == 2)
        assert client.flush() == (OK, 0)
        assert [report.attempts for report in client.reports(2)] == [2, 2]


def test_while_a_flush_waits_an_outage_is_probed_every_few_seconds():
    with FaultServer([Reply(503)] * 2) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track("one")
        client.wait_for(lambda stats: stats.failed_requests == 1)
        # At once, which fails again, and then not after the minute that it would otherwise be.
        assert client.flush() == (OK, 0)
        assert len(server.requests) == 3


def test_a_flush_that_gives_up_slows_down_no_other():
    released = threading.Event()

    def script(request):
        if request.number == 2:
            released.wait(60)
        return Reply(503) if request.number <= 2 else None

    with FaultServer(script) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track("one")
        client.wait_for(lambda stats: stats.failed_requests == 1)
        waiting = in_thread(lambda: client.flush())
        server.wait_until(lambda: len(server.requests) == 2)
        assert client.flush(0) == (TIMEOUT, 1)
        # This one fails under the other flush, so the next follows within seconds rather than after half a minute or more.
        released.set()
        assert waiting() == (OK, 0)


def test_a_flush_probes_at_once_through_an_open_circuit():
    with FaultServer([Reply(503)] * 5) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track(*range(20))
        client.wait_for(lambda stats: stats.failed_requests == 5)
        assert client.stats().in_flight == 0
        assert client.flush() == (OK, 0)
        assert client.stats().delivered == 20


def test_a_flush_tries_again_with_a_credential_that_was_mended():
    with FaultServer([Reply(401)]) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track(*range(20))
        client.wait_for(lambda stats: stats.failed_requests == 1)
        assert client.flush() == (OK, 0)


def test_a_flush_waits_for_the_events_before_it_only():
    released = threading.Event()

    def script(request):
        if request.number == 1:
            return Reply(503)
        if request.number == 2:
            released.wait(60)
            return None
        return Hang(BODY)

    with FaultServer(script) as server, Client(server.url, **SLOW_RETRIES) as client:
        client.track("before")
        client.wait_for(lambda stats: stats.failed_requests == 1)
        waiting = in_thread(client.flush)
        # Only the flush hurries the retry, so it has begun when the retry arrives.
        server.wait_until(lambda: len(server.requests) == 2)
        client.track("after")
        released.set()
        assert waiting() == (OK, 0)
        assert client.stats().pending == 1


def test_threads_can_flush_at_once():
    with FaultServer() as server, Client(server.url) as client:
        client.track(*range(100))
        waiting = [in_thread(client.flush) for _ in range(8)]
        assert [join() for join in waiting] == [(OK, 0)] * 8


def test_a_closed_client_answers_every_call_with_closed():
    with FaultServer() as server, Client(server.url) as client:
        client.track(1)
        assert client.close() == (OK, 0)
        assert client.close()[0] == CLOSED
        assert client.try_track(event(2)) == CLOSED
        assert client.flush(0)[0] == CLOSED
        assert client.descriptor() == -1
        for call in (client.stats, client.poll):
            with pytest.raises(Refused) as refused:
                call()
            assert refused.value.status == CLOSED
        assert len(server.requests) == 1


@pytest.mark.parametrize("token", [0, 1, 2, 4096, 2**63, 2**64 - 1])
def test_a_token_that_no_client_has_is_answered_with_closed(token):
    with FaultServer() as server, Client(server.url) as client:
        real, client.token = client.token, token
        try:
            assert client.try_track(event(1)) == CLOSED
            assert client.close(0)[0] == CLOSED
        finally:
            client.token = real


def test_an_old_token_does_not_reach_the_client_that_reuses_its_slot():
    with FaultServer() as server:
        with Client(server.url) as old:
            assert old.close(0) == (OK, 0)
            with Client(server.url) as new:
                assert new.token != old.token
                assert old.try_track(event(1)) == CLOSED
                assert new.stats().accepted == 0


def test_close_delivers_what_is_queued():
    with FaultServer([None, Reply(503), None, Reply(429)]) as server, Client(server.url) as client:
        client.track(*range(100))
        assert client.close() == (OK, 0)
    assert len(server.requests) == 102


def test_close_waits_for_the_answers_to_events_that_were_taken_over_and_leaves_the_rest(tmp_path):
    # With this option, the sender takes over everything that it sends.
    options = {"spool_directory": tmp_path, "spool_sender": "shared"}
    with FaultServer(lambda _: Reply(delay=0.1)) as server:
        with Client(server.url, **options) as client:
            client.track(*range(60))
            client.wait_for(lambda stats: stats.in_flight == 8)
            assert client.close() == (OK, 0)
        arrived = [json.loads(request.body)["eventId"] for request in server.requests]
        assert 8 <= len(arrived) < 60
        with Client(server.url, **options) as client:
            client.track("last")
            client.wait_for(lambda stats: stats.delivered == 61 - len(arrived))
        arrived = [json.loads(request.body)["eventId"] for request in server.requests]
        assert sorted(arrived) == sorted([*map(str, range(60)), "last"])


def test_a_close_ends_in_its_time_though_such_an_answer_does_not_come(tmp_path):
    with FaultServer(lambda _: Hang(BODY)) as server:
        with Client(server.url, spool_directory=tmp_path, spool_sender="shared") as client:
            client.track(1)
            client.wait_for(lambda stats: stats.in_flight == 1)
            start = time.monotonic()
            assert client.close(200) == (OK, 0)
            assert 0.15 < time.monotonic() - start < PATIENCE


def test_close_never_reports_success_when_its_time_was_up():
    with FaultServer(lambda _: Hang(BODY)) as server:
        for milliseconds in range(200):
            with Client(server.url, report_capacity=0) as client:
                client.track(1, 2, 3)
                assert client.close(milliseconds % 20) == (TIMEOUT, 3)


def test_close_before_anything_was_tracked_has_nothing_to_do():
    with FaultServer() as server, Client(server.url) as client:
        assert client.close(0) == (OK, 0)
        assert server.connections == 0


def test_when_two_threads_close_a_client_one_does_and_the_other_gets_closed():
    with FaultServer(lambda _: Reply(delay=0.02)) as server, Client(server.url) as client:
        client.track(*range(50))
        both = [in_thread(client.close) for _ in range(2)]
        statuses = sorted(join()[0] for join in both)
        assert statuses == [CLOSED, OK]
        assert len(server.requests) == 50


def test_events_tracked_while_it_closes_are_delivered_or_refused():
    for _ in range(10):
        accepted = []

        def keep_tracking(number):
            while (status := client.try_track(event(number))) != CLOSED:
                if status == OK:
                    accepted.append(number)
            return status

        with FaultServer() as server, Client(server.url, queue_max_events=200) as client:
            tracking = [in_thread(lambda number=number: keep_tracking(number)) for number in range(4)]
            client.wait_for(lambda stats: stats.accepted >= 20)
            assert client.close() == (OK, 0)
            assert [join() for join in tracking] == [CLOSED] * 4
        assert len(server.requests) == len(accepted)


@pytest.mark.parametrize("milliseconds", [0, 100])
def test_a_poll_that_waits_is_woken_by_close(milliseconds):
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url) as client:
        client.track(1)
        waiting = [in_thread(lambda: client.poll(600_000)) for _ in range(3)]
        server.wait_until(lambda: server.requests)
        assert client.close(milliseconds) == (TIMEOUT, 1)
        ended = [join() for join in waiting]
        # The abandoned event's report may still find one of them.
        assert ended.count(CLOSED) >= 2


def test_a_flush_that_waits_is_woken_by_close():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url) as client:
        client.track(1)
        waiting = in_thread(lambda: client.flush(600_000))
        server.wait_until(lambda: server.requests)
        assert client.close(0) == (TIMEOUT, 1)
        assert waiting()[0] in (OK, TIMEOUT, CLOSED)


def test_there_is_one_shared_client_for_each_name():
    with FaultServer() as server:
        with Client(server.url, shared=True, name="a") as first, Client(server.url, shared=True, name="b") as other:
            again = Client(server.url, shared=True, name="a")
            assert again.token == first.token != other.token
            again.track(1)
            assert first.report().outcome == DELIVERED
            assert first.close() == (OK, 0)
            assert again.try_track(event(2)) == CLOSED
            with Client(server.url, shared=True, name="a") as fresh:
                assert fresh.token != first.token
                fresh.track(3)
                assert fresh.report().outcome == DELIVERED


def test_a_client_that_is_not_shared_differs_from_the_shared_one_of_its_name():
    with FaultServer() as server:
        with Client(server.url, name="c") as own, Client(server.url, shared=True, name="c") as shared:
            assert own.token != shared.token


def test_threads_that_ask_for_a_shared_client_at_once_all_get_the_same_one():
    with FaultServer() as server:
        asking = [in_thread(lambda: Client(server.url, shared=True, name="raced").token) for _ in range(16)]
        tokens = {join() for join in asking}
        assert len(tokens) == 1
        with Client(server.url, shared=True, name="raced"):
            pass
