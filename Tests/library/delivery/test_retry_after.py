"""How long a server can ask to be left alone."""

import email.utils
import time

import pytest
from support.servers.fault_server import FaultServer, Raw, Reply

from .library import DELIVERED, OK, TIMEOUT, Client

# The library reckons in whole milliseconds, and the servers note a request only once its head is read.
ROUNDING = 0.002


def spacing(headers, status=503):
    """The seconds between a refusal with these headers and the next attempt."""
    with FaultServer([Reply(status, headers)]) as server, Client(server.url) as client:
        client.track("one")
        report = client.report()
        assert (report.outcome, report.attempts) == (DELIVERED, 2)
        first, second = server.requests
        return second.time - first.time


@pytest.mark.parametrize("status", [429, 503, 500, 408])
def test_the_seconds_of_retry_after_are_a_minimum(status):
    assert spacing({"Retry-After": "1"}, status) >= 1 - ROUNDING


def test_the_milliseconds_of_retry_after_ms_are_a_minimum():
    assert spacing({"retry-after-ms": "300"}) >= 0.3 - ROUNDING


def test_retry_after_ms_is_the_finer_of_the_two():
    assert 0.3 - ROUNDING <= spacing({"Retry-After": "240", "Retry-After-Ms": "300"}) < 200


def test_a_date_in_retry_after_is_waited_for():
    until = int(time.time()) + 2
    arrivals = []

    def script(request):
        arrivals.append(time.time())
        date = email.utils.formatdate(until, usegmt=True)
        return Reply(503, {"Retry-After": date}) if len(arrivals) == 1 else None

    with FaultServer(script) as server, Client(server.url) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED
    assert arrivals[1] >= until - ROUNDING


@pytest.mark.parametrize(
    "value",
    ["-5", "soon", "", "1.5", "0x10", "Mon, 01 Jan 2001 00:00:00 GMT", "Mon, 99 Foo 2099 25:61:61 GMT", "1 2", "0"],
)
def test_a_retry_after_that_says_nothing_or_is_over_holds_nothing_up(value):
    # Left alone until the retry, which comes after milliseconds: a cap of 300 s would run into the report's patience.
    spacing({"Retry-After": value, "retry-after-ms": "x"})


@pytest.mark.parametrize("value", ["300", "999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_flush_goes_before_a_retry_after_however_far_it_is(value):
    with FaultServer([Reply(503, {"Retry-After": value})]) as server, Client(server.url) as client:
        client.track("one", "two")
        client.wait_for(lambda stats: stats.failed_requests == 1)
        assert client.flush(200) == (TIMEOUT, 2)
        assert len(server.requests) == 1
        stats = client.stats()
        assert (stats.pending, stats.requests) == (2, 1)


def test_a_flush_waits_for_a_retry_after_that_ends_within_its_time():
    with FaultServer([Reply(503, {"retry-after-ms": "400"})]) as server, Client(server.url) as client:
        client.track("one")
        assert client.flush() == (OK, 0)
        first, second = server.requests
        assert second.time - first.time >= 0.4 - ROUNDING


@pytest.mark.parametrize("status", [429, 503])
def test_one_answer_with_retry_after_pauses_every_event(status):
    # One connection, so that nothing else was under way when the answer came.
    with FaultServer([None, None, Reply(status, {"retry-after-ms": "500"})]) as server:
        with Client(server.url, max_connections=1) as client:
            client.track(*range(10))
            assert len({report.event_id for report in client.reports(10)}) == 10
    times = [request.time for request in server.requests]
    assert len(times) == 11
    assert times[3] - times[2] >= 0.5 - ROUNDING


def test_headers_about_retries_in_an_interim_answer_do_not_count():
    raw = b"HTTP/1.1 103 Early Hints\r\nRetry-After: 300\r\nx-should-retry: false\r\n\r\n"
    body = b'{"ok":false}'
    raw += b"HTTP/1.1 503 Busy\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with FaultServer([Raw(raw)]) as server, Client(server.url) as client:
        client.track("one")
        assert client.report().outcome == DELIVERED


def test_headers_about_retries_do_not_count_even_if_no_final_answer_follows():
    interim = b"HTTP/1.1 103 Early Hints\r\nRetry-After: 3600\r\nx-should-retry: false\r\n\r\n"
    with FaultServer([Raw(interim)]) as server, Client(server.url) as client:
        client.track("one")
        report = client.report()
        assert (report.outcome, report.attempts) == (DELIVERED, 2)
