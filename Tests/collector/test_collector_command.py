"""The command starts, refuses and ends as a command should."""

import signal
import socket
import subprocess
import sys
import threading

import pytest
from sending import event, post
from support.servers.collector_process import CollectorProcess
from tpc_collector import server

JSON = {"content-type": "application/json"}


def run(*arguments):
    command = [sys.executable, "-m", "tpc_collector", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_one_clear_message_that_offers_another():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = run("--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert f"port {port} " in result.stderr and "taken" in result.stderr and "--port" in result.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_exit_code_0_and_no_complaint(number):
    with CollectorProcess() as collector:
        post(collector.url, event())
        collector.process.send_signal(number)
        assert collector.process.wait(30) == 0
    assert not any("Traceback" in line for line in collector.lines)


def test_a_signal_ends_it_while_somebody_waits_for_events():
    with CollectorProcess() as collector:
        failures = []

        def wait():
            try:
                collector.wait(1, timeout=300)
            except Exception as error:
                failures.append(error)

        waiting = threading.Thread(target=wait)
        waiting.start()
        post(collector.url, b"{")
        collector.process.send_signal(signal.SIGTERM)
        assert collector.process.wait(30) == 0
        waiting.join()
    assert failures


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com", ""])
def test_it_listens_on_loopback_only(host):
    result = run("--host", host, "--port", "0")
    assert result.returncode == 2
    assert "--host" in result.stderr and "127.0.0.1" in result.stderr


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_it_takes_other_names_of_loopback(host):
    with CollectorProcess("--host", host) as collector:
        assert post(collector.url, event())[0] == 200


@pytest.mark.parametrize("arguments", [("--port", "65536"), ("--port", "-1"), ("--port", "x"), ("--keep", "x")])
def test_a_bad_number_is_refused_with_what_is_accepted(arguments):
    result = run(*arguments)
    assert result.returncode == 2
    assert "is not a number from 0 to" in result.stderr


@pytest.mark.parametrize("credential", ["s3cret", "password=s3cret", "api_key=", "=s3cret"])
def test_a_bad_credential_is_refused_without_repeating_it(credential):
    result = run("--credential", credential)
    assert result.returncode == 2
    assert "api_key=" in result.stderr and "s3cret" not in result.stderr


def test_only_the_given_credentials_are_accepted():
    with CollectorProcess("--credential", "api_key=one", "--credential", "session_token=two=2") as collector:
        attempts = [
            ({"x-api-key": "one"}, 200),
            ({"x-api-key": "two=2"}, 401),
            ({"authorization": "Bearer one"}, 401),
            ({"cookie": "better-auth.session_token=two=2"}, 200),
            ({"x-api-key": "other", "cookie": "better-auth.session_token=two=2"}, 200),
            ({}, 401),
        ]
        assert [post(collector.url, event(), {**JSON, **headers})[0] for headers, _ in attempts] == [want for _, want in attempts]
        assert [kept["credential"] for kept in collector.good()] == ["api_key", "session_token", "session_token"]


def test_it_prints_a_line_for_each_event_unless_it_is_quiet():
    for arguments, printed in (((), True), (("--quiet",), False)):
        with CollectorProcess(*arguments) as collector:
            post(collector.url, event(page={"href": "https://example.com/a-page"}, request={"userAgent": "GPTBot/1.0"}))
        lines = [line for line in collector.lines if "/a-page" in line]
        assert len(lines) == (1 if printed else 0)
        assert not printed or ("good" in lines[0] and "GPTBot" in lines[0] and "\x1b" not in lines[0])


def test_a_reader_that_went_away_does_not_stop_it():
    command = [sys.executable, "-m", "tpc_collector", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().split()[-1]
            process.stdout.close()
            assert [post(url, event())[0] for _ in range(3)] == [200] * 3
        finally:
            process.terminate()
    assert process.returncode == 0


def test_its_listener_names_tcp_so_that_asyncio_turns_nagles_algorithm_off():
    with server.listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
