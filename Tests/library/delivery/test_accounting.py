"""Every event that was accepted ends exactly once; the counters, the reports and the descriptor agree on it."""

import select
import threading

import pytest
from support.servers.fault_server import BODY, FaultServer, Hang, Reply
from support.servers.full_backlog import FullBacklog

from .library import (
    CLOSED,
    DELIVERED,
    EXPIRED,
    INVALID_ARGUMENT,
    INVALID_EVENT,
    INVALID_JSON,
    OK,
    PATIENCE,
    QUEUE_FULL,
    REJECTED,
    SPOOLED,
    TIMEOUT,
    TOO_LARGE,
    Client,
    Refused,
    event,
    is_readable,
)


def test_each_way_to_end_is_counted_once():
    with FaultServer([Reply(422), Reply(503), None, Reply(400)]) as server:
        with Client(server.url, max_connections=1) as client:
            client.track(*range(10))
            reports = client.reports(10)
            stats = client.stats()
    assert sorted(report.event_id for report in reports) == [str(number) for number in range(10)]
    assert (stats.accepted, stats.delivered, stats.rejected, stats.pending) == (10, 8, 2, 0)
    assert (stats.requests, stats.failed_requests, stats.retries) == (11, 3, 1)
    assert sum(report.attempts for report in reports) == stats.requests
    assert sum(report.outcome == REJECTED for report in reports) == 2


def test_refusals_are_counted_by_their_reason_beside_the_events():
    with (
        FaultServer(lambda _: Hang(BODY)) as server,
        Client(server.url, queue_max_events=2, max_event_bytes=1024) as client,
    ):
        assert client.try_track(b"{") == INVALID_JSON
        assert client.try_track(b'{"event":"page_visit"}') == INVALID_EVENT
        assert client.try_track(event("x" * 1024)) == TOO_LARGE
        client.track(1, 2)
        assert client.try_track(event(3)) == QUEUE_FULL
        stats = client.stats()
    assert (stats.refused_invalid, stats.refused_too_large, stats.refused_queue_full) == (2, 1, 1)
    assert (stats.accepted, stats.pending) == (2, 2)


def test_what_is_left_out_on_purpose_is_counted_and_not_accepted():
    with FaultServer() as server:
        with Client(server.url, enabled="false") as client:
            client.track(1, 2, 3)
            assert (client.stats().disabled, client.stats().accepted) == (3, 0)
            assert client.close(0) == (OK, 0)
        with Client(server.url, sample_rate=0) as client:
            client.track(1, 2)
            assert (client.stats().sampled_out, client.stats().accepted) == (2, 0)
            assert client.close(0) == (OK, 0)
    assert server.connections == 0


def test_a_dry_run_delivers_without_the_network():
    with FaultServer() as server, Client(server.url, dry_run="true") as client:
        client.track(1, 2)
        reports = client.reports(2)
        assert [(report.outcome, report.http_status, report.attempts) for report in reports] == [(DELIVERED, 0, 0)] * 2
        assert client.close(0) == (OK, 0)
    assert server.connections == 0


def test_the_bound_on_events_is_exact():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url, queue_max_events=37) as client:
        client.track(*range(37))
        with pytest.raises(Refused) as refused:
            client.track("one more")
        assert (refused.value.status, refused.value.field) == (QUEUE_FULL, "queue_max_events")


def test_the_bound_on_bytes_is_exact():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url, queue_max_bytes=65_536) as client:
        client.track("0000")
        size = client.stats().queue_bytes
        fit = 65_536 // size
        client.track(*(f"{number:04}" for number in range(1, fit)))
        with pytest.raises(Refused) as refused:
            client.track("9999")
        assert (refused.value.status, refused.value.field) == (QUEUE_FULL, "queue_max_bytes")
        stats = client.stats()
        assert (stats.pending, stats.queue_bytes) == (fit, fit * size)


def test_the_bound_holds_when_eight_threads_race_for_it():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url, queue_max_events=500) as client:
        taken = []
        tracking = [
            threading.Thread(target=lambda: taken.extend(client.try_track(event("e")) for _ in range(200)))
            for _ in range(8)
        ]
        for thread in tracking:
            thread.start()
        for thread in tracking:
            thread.join()
        assert (taken.count(OK), taken.count(QUEUE_FULL)) == (500, 1100)
        assert client.stats().pending == 500


def test_room_that_was_freed_is_used_again():
    with FaultServer() as server, Client(server.url, queue_max_events=1) as client:
        for number in range(20):
            client.track(number)
            assert client.report().outcome == DELIVERED
        stats = client.stats()
        assert (stats.delivered, stats.queue_bytes, stats.refused_queue_full) == (20, 0, 0)


def test_an_event_expires_when_its_time_is_up():
    with FaultServer(lambda _: Reply(503)) as server, Client(server.url, delivery_timeout_ms=300) as client:
        client.track(*range(20))
        reports = client.reports(20)
        stats = client.stats()
    assert {report.outcome for report in reports} == {EXPIRED}
    assert (stats.expired, stats.pending, stats.queue_bytes) == (20, 0, 0)
    assert {report.http_status for report in reports} <= {0, 503}
    assert any(report.http_status == 503 for report in reports)


def test_the_report_of_an_expired_event_has_the_endpoints_last_failure():
    # Its first retry would come too late: one that its time cuts short would be the last failure.
    options = {"delivery_timeout_ms": 2000, "retry_initial_ms": 240_000, "retry_max_ms": 240_000}
    with FaultServer(lambda _: Reply(503)) as server, Client(server.url, **options) as client:
        client.track(1)
        report = client.report()
    assert (report.outcome, report.http_status) == (EXPIRED, 503)
    assert (report.code, report.message) == ("status_503", "As the test asked")


def test_the_report_of_an_expired_event_has_the_networks_error():
    with FullBacklog() as server, Client(server.url, delivery_timeout_ms=500, connect_timeout_ms=100) as client:
        client.track(1)
        report = client.report()
    assert (report.outcome, report.http_status, report.code) == (EXPIRED, 0, "network")
    assert report.message != ""


def test_an_event_that_expires_without_a_failure_says_so():
    with (
        FaultServer(lambda _: Hang(BODY)) as server,
        Client(server.url, delivery_timeout_ms=200, max_connections=1) as client,
    ):
        client.track(1, 2)
        reports = {report.event_id: report for report in client.reports(2)}
    # The second one waits for the first. It may have been accepted a moment later, and goes out for that moment then.
    assert reports["2"].outcome == EXPIRED and reports["2"].attempts <= 1
    assert reports["2"].code in ("expired", "network")


def test_close_counts_what_it_abandoned():
    with (
        FaultServer(lambda request: None if request.number <= 5 else Hang(BODY)) as server,
        Client(server.url) as client,
    ):
        client.track(*range(30))
        client.wait_for(lambda stats: stats.delivered == 5)
        assert client.close(50) == (TIMEOUT, 25)


def test_close_with_no_time_abandons_everything():
    with FaultServer(lambda _: Hang(BODY)) as server, Client(server.url) as client:
        client.track(*range(10))
        assert client.close(0) == (TIMEOUT, 10)


def test_reports_beyond_the_capacity_drop_the_oldest_and_are_counted():
    with FaultServer() as server, Client(server.url, report_capacity=4, max_connections=1) as client:
        client.track(*range(10))
        assert client.flush() == (OK, 0)
        stats = client.stats()
        assert (stats.reports_dropped, stats.delivered) == (6, 10)
        assert [client.report().event_id for _ in range(4)] == ["6", "7", "8", "9"]
        assert client.poll() is None


def test_without_a_capacity_there_are_counters_only():
    with FaultServer() as server, Client(server.url, report_capacity=0) as client:
        assert client.descriptor() == -1
        client.track(1)
        assert client.flush() == (OK, 0)
        assert client.poll(10_000) is None
        assert (client.stats().delivered, client.stats().reports_dropped) == (1, 0)


def test_the_descriptor_is_readable_exactly_while_there_are_reports():
    with FaultServer() as server, Client(server.url) as client:
        descriptor = client.descriptor()
        assert descriptor >= 0 and client.descriptor() == descriptor
        assert not is_readable(descriptor)
        for _ in range(3):
            client.track(1, 2, 3)
            assert client.flush() == (OK, 0)
            for _ in range(3):
                assert is_readable(descriptor)
                assert client.poll() is not None
            assert not is_readable(descriptor)
            assert client.poll() is None
        assert not is_readable(descriptor)


def test_a_descriptor_that_is_asked_for_late_says_what_is_there():
    with FaultServer() as server, Client(server.url) as client:
        client.track(1)
        assert client.flush() == (OK, 0)
        descriptor = client.descriptor()
        assert is_readable(descriptor)
        client.report()
        assert not is_readable(descriptor)


def test_the_descriptor_becomes_readable_when_a_waiting_event_expires():
    options = {"delivery_timeout_ms": 300, "retry_initial_ms": 240_000, "retry_max_ms": 240_000}
    with FaultServer(lambda _: Reply(503)) as server, Client(server.url, **options) as client:
        descriptor = client.descriptor()
        client.track(1)
        assert select.select([descriptor], [], [], PATIENCE)[0] == [descriptor]
        assert client.poll().outcome == EXPIRED


def test_polling_in_small_steps_misses_no_report():
    with FaultServer() as server, Client(server.url) as client:
        client.track(*range(200))
        found = []
        while len(found) < 200:
            if (report := client.poll(1)) is not None:
                found.append(report.event_id)
        assert len(set(found)) == 200


def test_a_negative_time_is_refused():
    with FaultServer() as server, Client(server.url) as client:
        assert client.flush(-1)[0] == INVALID_ARGUMENT
        assert client.close(-1)[0] == INVALID_ARGUMENT
        with pytest.raises(Refused) as refused:
            client.poll(-1)
        assert refused.value.status == INVALID_ARGUMENT
        # None of these closed it.
        client.track(1)
        assert client.report().outcome == DELIVERED
        assert client.close() == (OK, 0)
        assert client.try_track(event(2)) == CLOSED


def test_what_the_queue_has_no_room_for_ends_as_spooled_and_the_books_balance(tmp_path):
    with Client("http://127.0.0.1:1", queue_max_events=2, spool_directory=tmp_path) as client:
        client.track(*range(5))
        stats = client.stats()
        assert (stats.accepted, stats.pending, stats.spooled, stats.refused_queue_full) == (5, 2, 3, 0)
        assert [client.poll().outcome for _ in range(3)] == [SPOOLED] * 3
        assert client.poll() is None
