"""HTTP/2, which ALPN chooses: many streams on one connection, and what a server can do to them."""

import json

import pytest
from h2.errors import ErrorCodes
from support.servers.http2_server import Disconnect, GoAway, Hang, Http2Server, LimitStreams, Reply, ResetStream, Silence

from .library import DELIVERED, OK, REJECTED, Client


@pytest.fixture
def serve(certificates):
    def serve(script=(), **options):
        return Http2Server(certificates.server_context(alpn=["h2"]), script, **options)

    return serve


@pytest.fixture
def connect(certificates):
    def connect(server, **options):
        return Client(server.url, ca_file=certificates.ca_file, **options)

    return connect


def identifiers(server):
    return [json.loads(request.body)["eventId"] for request in server.requests]


def test_many_events_share_one_connection(serve, connect):
    with serve(delay=0.02) as server, connect(server) as client:
        client.track(*range(500))
        assert all(report.outcome == DELIVERED for report in client.reports(500))
        assert client.stats().failed_requests == 0
    assert server.connections == 1
    assert 10 < server.most_streams <= 100
    assert len(set(identifiers(server))) == 500 == len(server.requests)


def test_no_more_streams_are_open_than_max_in_flight(serve, connect):
    with serve(delay=0.02) as server, connect(server, max_in_flight=7) as client:
        client.track(*range(100))
        client.reports(100)
        assert server.most_streams == 7


def test_the_key_is_sent_with_every_request(serve, connect):
    with serve() as server, connect(server) as client:
        client.track(1, 2)
        client.reports(2)
    assert [request.headers["x-api-key"] for request in server.requests] == ["key-for-the-test"] * 2
    assert {(request.method, request.path) for request in server.requests} == {("POST", "/api/v1/analytics/events")}


@pytest.mark.parametrize("answered", [True, False])
def test_a_goodbye_of_the_server_loses_nothing(serve, connect, answered):
    script = {40: GoAway(answered), 90: GoAway(answered)}
    with serve(lambda request: script.get(request.number), delay=0.01) as server, connect(server) as client:
        client.track(*range(200))
        assert {report.outcome for report in client.reports(200)} == {DELIVERED}
    assert set(identifiers(server)) == {str(number) for number in range(200)}
    assert server.connections >= 2


@pytest.mark.parametrize("code", [ErrorCodes.REFUSED_STREAM, ErrorCodes.INTERNAL_ERROR, ErrorCodes.CANCEL])
def test_a_stream_that_is_reset_is_tried_again(serve, connect, code):
    script = dict.fromkeys((1, 20, 21, 50), ResetStream(code))
    with serve(lambda request: script.get(request.number)) as server, connect(server) as client:
        client.track(*range(100))
        assert {report.outcome for report in client.reports(100)} == {DELIVERED}
    assert set(identifiers(server)) == {str(number) for number in range(100)}
    assert len(server.requests) == 104


def test_a_connection_that_breaks_under_many_streams_loses_nothing(serve, connect):
    script = dict.fromkeys((1, 60, 130), Disconnect())
    with serve(lambda request: script.get(request.number), delay=0.02) as server, connect(server) as client:
        client.track(*range(200))
        assert {report.outcome for report in client.reports(200)} == {DELIVERED}
    assert set(identifiers(server)) == {str(number) for number in range(200)}


def test_a_limit_on_streams_that_is_lowered_is_kept_to(serve, connect):
    on_first = []

    def script(request):
        if request.connection == 1:
            on_first.append(request.concurrent)
        return LimitStreams(3) if len(on_first) == 50 and request.connection == 1 else None

    with serve(script, delay=0.005) as server, connect(server, max_connections=1) as client:
        client.track(*range(300))
        assert {report.outcome for report in client.reports(300)} == {DELIVERED}
    # Those that were on their way when the limit was lowered are fewer than the 100 before it.
    assert len(on_first) > 150
    assert max(on_first[150:]) <= 3


def test_a_server_that_allows_one_stream_gets_one_at_a_time(serve, connect):
    with serve([LimitStreams(1)], delay=0.002) as server, connect(server, max_connections=1) as client:
        client.track(*range(60))
        assert {report.outcome for report in client.reports(60)} == {DELIVERED}
        assert server.most_streams == 1
        assert len(server.requests) == 60


def test_a_stream_without_an_answer_holds_up_no_other(serve, connect):
    hung = []

    def script(request):
        if request.number == 20:
            hung.append(json.loads(request.body)["eventId"])
            return Hang()
        return None

    with serve(script) as server, connect(server, request_timeout_ms=5000) as client:
        client.track(*range(100))
        reports = client.reports(100)
        assert {report.outcome for report in reports} == {DELIVERED}
        assert [reports[-1].event_id] == hung
        assert reports[-1].attempts >= 2


@pytest.mark.parametrize("gone", [False, True], ids=["alive", "gone"])
def test_a_connection_that_goes_silent_is_replaced_after_one_round_of_requests(serve, connect, gone):
    """libcurl would send every later request there, too."""
    script = {20: Silence(gone)}
    options = {"request_timeout_ms": 500, "max_in_flight": 4}
    with serve(lambda request: script.get(request.number)) as server, connect(server, **options) as client:
        client.track(*range(100))
        assert {report.outcome for report in client.reports(100)} == {DELIVERED}
        # Those that were under way, and perhaps as many that started before the first of them ran out of time.
        assert 1 <= client.stats().failed_requests <= 8
        assert server.connections == 2


def test_a_connection_that_is_silent_from_the_beginning_is_replaced_too(serve, connect):
    script = {1: Silence(), 2: Silence()}
    with serve(lambda request: script.get(request.number)) as server, connect(server, request_timeout_ms=300) as client:
        client.track(*range(10))
        assert {report.outcome for report in client.reports(10)} == {DELIVERED}
        assert (client.stats().failed_requests, server.connections) == (2, 3)


def test_answers_of_every_kind_are_read(serve, connect):
    body = b'{"ok":false,"code":"bad","message":"No","details":[1]}'
    script = [Reply(422, body=body), Reply(503), Reply(429, {"retry-after-ms": "100"}), Reply(200, body=b"?")]
    with serve(script) as server, connect(server) as client:
        client.track("one", "two")
        reports = {report.event_id: report for report in client.reports(2)}
        assert (reports["one"].outcome, reports["one"].code) == (REJECTED, "bad")
        assert (reports["two"].outcome, reports["two"].attempts) == (DELIVERED, 3)
        stats = client.stats()
        assert (stats.odd_responses, stats.failed_requests, stats.retries) == (1, 3, 2)
        assert client.close() == (OK, 0)
        assert server.requests[3].time - server.requests[2].time >= 0.098
