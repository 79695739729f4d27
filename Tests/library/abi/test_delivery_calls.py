"""flush, close, poll, statistics and reports, as calls: what they return and what they fill in."""

import ctypes
import json
import select

import pytest
from support.header import constants
from support.library import TPCError, shared
from support.objects import Client
from support.servers.fault_server import BODY, FaultServer, Hang, Reply

VISIT = '{"event":"page_visit","eventId":"%s","page":{"href":"https://example.com/"}}'


@pytest.fixture
def silent():
    """A server that never answers."""
    with FaultServer(lambda request: Hang(BODY)) as running:
        yield running


def make(server, **options):
    return Client(**{"base_url": server.url, "api_key": "x", "log_level": "off", "report_capacity": 100, **options})


def test_flush_returns_when_every_event_is_answered_for(server, client):
    one = client()
    for number in range(20):
        one.track_json(VISIT % number)
    pending = ctypes.c_size_t(77)
    assert shared().tpc_client_flush(one.handle, 20_000, pending) == 0
    assert pending.value == 0
    assert len(server.requests) == 20
    statistics = one.statistics()
    assert (statistics["accepted"], statistics["delivered"], statistics["pending"]) == (20, 20, 0)
    assert (statistics["requests"], statistics["failed_requests"], statistics["queue_bytes"]) == (20, 0, 0)


def test_flush_of_nothing_returns_at_once(client):
    one = client()
    for timeout in (0, 1, 2**31 - 1):
        assert shared().tpc_client_flush(one.handle, timeout, None) == 0


def test_flush_and_close_return_how_many_are_left(silent):
    with make(silent) as client:
        for number in range(3):
            client.track_json(VISIT % number)
        count = ctypes.c_size_t(77)
        for timeout in (0, 1):
            assert shared().tpc_client_flush(client.handle, timeout, count) == constants.TPC_ERROR_TIMEOUT
            assert count.value == 3
        assert client.statistics()["queue_bytes"] > 0
        assert shared().tpc_client_close(client.handle, 0, count) == constants.TPC_ERROR_TIMEOUT
        assert count.value == 3
        assert shared().tpc_client_close(client.handle, 0, count) == constants.TPC_ERROR_CLOSED


def test_a_queue_of_as_many_events_as_the_option_says(silent):
    with make(silent, queue_max_events=2) as client:
        for number in range(2):
            client.track_json(VISIT % number)
        with pytest.raises(TPCError) as full:
            client.track_json(VISIT % 2)
        assert (full.value.name, full.value.field) == ("TPC_ERROR_QUEUE_FULL", "queue_max_events")
        statistics = client.statistics()
        assert (statistics["accepted"], statistics["pending"], statistics["refused_queue_full"]) == (2, 2, 1)


def test_a_queue_of_as_many_bytes_as_the_option_says(silent):
    with make(silent, queue_max_bytes=65_536) as client:
        with pytest.raises(TPCError) as full:
            for number in range(5):
                client.track_json((VISIT % number)[:-1] + ',"filling":"%s"}' % ("x" * 20_000))
        assert (full.value.name, full.value.field) == ("TPC_ERROR_QUEUE_FULL", "queue_max_bytes")
        statistics = client.statistics()
        assert statistics["accepted"] == 3 and 60_000 < statistics["queue_bytes"] <= 65_536


def test_10000_events_wait_unless_the_option_says_otherwise(silent):
    with make(silent, report_capacity=0) as client:
        for number in range(10_000):
            client.track_json(VISIT % number)
        with pytest.raises(TPCError) as full:
            client.track_json(VISIT % "more")
        assert full.value.name == "TPC_ERROR_QUEUE_FULL"
        assert client.statistics()["pending"] == 10_000


def test_a_delivered_event_has_a_report(server):
    with make(server) as client:
        client.track_json(VISIT % "id-1")
        report = client.poll()
        assert report.outcome == constants.TPC_OUTCOME_DELIVERED
        assert (report.event_id, report.http_status, report.attempts) == ("id-1", 200, 1)
        assert (report.code, report.message, report.details) == ("", "", "")
        assert report.received_at == "2026-01-31T12:00:00.000Z"


def test_a_rejected_event_has_the_servers_words_in_its_report():
    answer = {"ok": False, "code": "validation_failed", "message": "No «ü»\n", "details": [{"a": 1}, None]}
    with FaultServer([Reply(422, body=json.dumps(answer).encode())]) as server, make(server) as client:
        client.track_json(VISIT % "id-2")
        report = client.poll()
        assert report.outcome == constants.TPC_OUTCOME_REJECTED
        assert (report.event_id, report.http_status, report.attempts) == ("id-2", 422, 1)
        assert (report.code, report.message) == ("validation_failed", "No «ü»\n")
        assert json.loads(report.details) == answer["details"]
        statistics = client.statistics()
        assert (statistics["rejected"], statistics["failed_requests"]) == (1, 1)


def test_an_event_that_nobody_answers_for_expires():
    with FaultServer(lambda request: Reply(503)) as server:
        with make(server, delivery_timeout_ms=30, retry_initial_ms=1, retry_max_ms=1) as client:
            client.track_json(VISIT % "id-3")
            report = client.poll()
            assert (report.outcome, report.event_id) == (constants.TPC_OUTCOME_EXPIRED, "id-3")
            assert client.statistics()["expired"] == 1


def test_the_id_that_was_made_up_is_in_the_report(server):
    with make(server) as client:
        client.track_json('{"event":"page_visit","page":{"href":"x:y"}}')
        report = client.poll()
        assert json.loads(server.requests[0].body)["eventId"] == report.event_id


def test_an_id_with_escapes_is_in_the_report_as_the_text_it_is(server):
    with make(server) as client:
        client.track_json(json.dumps({"event": "page_visit", "eventId": 'é"\\/\n🦊', "page": {"href": "x:y"}}))
        assert client.poll().event_id == 'é"\\/\n🦊'


def test_poll_without_a_report_says_so(server):
    with make(server) as client:
        for timeout in (0, 1):
            out = ctypes.c_void_p(1)
            assert shared().tpc_client_poll(client.handle, timeout, out) == 0
            assert out.value is None


def test_reports_come_in_the_order_in_which_events_ended_and_each_once(server):
    with make(server, max_connections=1) as client:
        for number in range(5):
            client.track_json(VISIT % number)
        assert sorted(client.poll().event_id for _ in range(5)) == [str(number) for number in range(5)]
        assert client.poll(0) is None


def test_the_oldest_report_goes_when_there_is_no_room(server):
    with make(server, report_capacity=2, max_connections=1) as client:
        for number in range(5):
            client.track_json(VISIT % number)
            client.flush()
        assert client.statistics()["reports_dropped"] == 3
        assert [client.poll(0).event_id for _ in range(2)] == ["3", "4"]
        assert client.poll(0) is None


def test_without_room_for_reports_there_are_none(server):
    with make(server, report_capacity=0) as client:
        client.track_json(VISIT % "x")
        client.flush()
        assert client.poll(0) is None
        assert client.report_descriptor() == -1
        assert client.statistics()["reports_dropped"] == 0


def is_readable(descriptor):
    return bool(select.select([descriptor], [], [], 0)[0])


def test_the_descriptor_is_readable_while_there_are_reports(server):
    with make(server) as client:
        descriptor = client.report_descriptor()
        assert descriptor >= 0 and client.report_descriptor() == descriptor
        assert not is_readable(descriptor)
        for _ in range(2):
            client.track_json(VISIT % "a")
            client.track_json(VISIT % "b")
            client.flush()
            assert select.select([descriptor], [], [], 20)[0]
            assert client.poll(0) is not None
            assert is_readable(descriptor)
            assert client.poll(0) is not None
            assert client.poll(0) is None
            assert not is_readable(descriptor)


def test_the_descriptor_wakes_who_asks_for_it_late(server):
    with make(server) as client:
        client.track_json(VISIT % "a")
        client.flush()
        assert is_readable(client.report_descriptor())


def test_the_numbers_add_up_at_every_moment():
    with FaultServer(lambda request: Reply(422 if request.number % 3 == 0 else 200)) as server, make(server) as client:
        for number in range(100):
            client.track_json(VISIT % number)
            one = client.statistics()
            ended = sum(one[name] for name in ("delivered", "rejected", "expired", "abandoned", "spooled"))
            assert one["accepted"] == number + 1
            assert one["accepted"] + one["adopted"] == ended + one["pending"]
        client.flush()
        one = client.statistics()
        assert (one["delivered"], one["rejected"], one["pending"], one["in_flight"]) == (67, 33, 0, 0)
