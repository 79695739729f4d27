"""A guest in its host's process: the host keeps what it had, and ends as it wants to."""

import json
import os
import pathlib
import re
import signal

import pytest
from support.servers.fault_server import BODY, HEADERS, Close, FaultServer, Hang, Reply, Reset
from support.servers.http2_server import Http2Server

from . import programs
from .library import OK, Client


@pytest.fixture(params=["plain", "tls"])
def serve(request, certificates):
    """A fault server's class, plain or over TLS."""

    def serve(script=()):
        return FaultServer(script, tls=certificates.server_context() if request.param == "tls" else None)

    return serve


def test_the_host_keeps_handlers_mask_environment_locale_directory_and_errno(serve, certificates):
    with serve() as server:
        programs.run("guest", 5, url=server.url, ca_file=certificates.ca_file, report_capacity=1000)
        assert len(server.requests) == 700


def test_the_host_keeps_them_with_http2_too(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"])) as server:
        programs.run("guest", 5, url=server.url, ca_file=certificates.ca_file, report_capacity=1000)


def test_what_the_library_opens_is_closed_in_programs_that_the_host_starts(serve, certificates):
    with serve() as server:
        programs.run("guest", "descriptors", url=server.url, ca_file=certificates.ca_file, report_capacity=1000)


def test_a_name_that_has_to_be_resolved_leaves_nothing_open_either(serve, certificates):
    with serve() as server:
        url = server.url.replace("127.0.0.1", "localhost")
        programs.run("guest", 5, url=url, ca_file=certificates.ca_file, report_capacity=1000)


def test_two_hundred_clients_one_after_the_other_leave_nothing_behind(serve, certificates):
    with serve() as server:
        programs.run("cycles", 200, url=server.url, ca_file=certificates.ca_file, report_capacity=10)
        assert len({json.loads(request.body)["eventId"] for request in server.requests}) == 1000


def test_no_signal_of_the_hosts_is_delivered_to_the_sender():
    with FaultServer() as server, Client(server.url) as client:
        client.track(1)
        client.report()
        statuses = [path.read_text() for path in pathlib.Path("/proc/self/task").glob("*/status")]
    # On a busy machine, the sender of a client that an earlier test closed may not have ended yet.
    senders = [status for status in statuses if "Name:\ttpc-sender\n" in status]
    catchable = set(signal.valid_signals()) - {signal.SIGKILL, signal.SIGSTOP}
    assert senders
    for sender in senders:
        blocked = int(re.search(r"SigBlk:\t(\w+)", sender).group(1), 16)
        assert {number for number in catchable if not blocked >> (number - 1) & 1} == set()


def test_a_reset_connection_does_not_end_a_host_that_leaves_sigpipe_alone(serve, certificates):
    script = lambda request: (Reset(HEADERS), Reset(BODY), Close(HEADERS), None)[request.number % 4]  # noqa: E731
    with serve(script) as server:
        programs.run("pipe", url=server.url, ca_file=certificates.ca_file)


@pytest.mark.parametrize("way", ["return", "exit", "handlers", "thread"])
def test_a_host_ends_with_its_own_exit_code_while_the_sender_is_busy(serve, certificates, way):
    """Fifty times in each way: at first contact, in handshakes, and during requests."""
    with serve(lambda _: Reply(delay=0.002)) as server:
        for number in range(50):
            options = {"url": server.url, "ca_file": certificates.ca_file}
            programs.run("exit_busy", way, (0, 0, 1, 5, 40)[number % 5], code=7, **options)


def test_a_host_ends_while_http2_streams_are_open(certificates):
    with Http2Server(certificates.server_context(alpn=["h2"]), delay=0.005) as server:
        for number in range(50):
            options = {"url": server.url, "ca_file": certificates.ca_file}
            programs.run("exit_busy", "exit", (0, 1, 20, 100)[number % 4], code=7, **options)


def test_a_host_ends_beside_a_server_that_hangs(serve, certificates):
    with serve(lambda _: Hang(BODY)) as server:
        for way in ("return", "exit", "handlers", "thread"):
            programs.run("exit_busy", way, 0, code=7, url=server.url, ca_file=certificates.ca_file)


def test_a_resolver_that_hangs_holds_up_neither_close_nor_exit():
    output = programs.run("resolver", url="https://collector.example", delivery_timeout_ms=600_000)
    # The resolver would never end.
    assert 0.499 <= programs.measured(output)["close_seconds"] < programs.PATIENCE


def test_a_thread_that_the_system_refuses_is_an_error_and_one_line_in_the_log():
    with FaultServer() as server:
        (line,) = programs.run("refused", url=server.url).splitlines()
        assert line == "tpc: error: the system refuses a thread: no event is accepted until it allows one"
        assert [json.loads(request.body)["eventId"] for request in server.requests] == ["refused-3"]


def test_a_log_that_nobody_empties_holds_up_nobody():
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 65536):
            pass
    except BlockingIOError:
        os.set_blocking(writing, True)
    with FaultServer([Reply(503)] * 5) as server:
        with Client(server.url, log_level="debug", log_descriptor=writing) as client:
            client.track(*range(20))
            assert client.close() == (OK, 0)
    os.close(reading)
    os.close(writing)
