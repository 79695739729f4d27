# SPDX-License-Identifier: Apache-2.0
"""What is delivered when a child of multiprocessing ends, and at SIGTERM. The endpoint takes its time, so that something is queued."""

import signal
import subprocess
import sys
import threading

import pytest

import tpc
from tpc import _open_clients, _tracker

PATIENCE = 60
SLOW = {"delay_ms": 200}
TRACKED = 20

# A program that starts a child, which tracks and returns. {first} and {second} are what is imported, in this order.
PARENT = f"""
import {{first}}
import {{second}}
import multiprocessing, sys

before = tpc.Client() if {{has_client}} else None

def work():
    client = before or tpc.Client()
    for number in range({TRACKED}):
        client.track(href="https://example.com/", session_id=f"child-{{{{number}}}}")

if __name__ == "__main__":
    child = multiprocessing.get_context("{{method}}").Process(target=work)
    child.start()
    child.join()
    sys.exit(child.exitcode)
"""

# A server that only waits. {setup} comes before the events are tracked.
SERVER = f"""
import os, signal, sys, threading, time, tpc
client = tpc.Client()
{{setup}}
for number in range({TRACKED}):
    client.track(href="https://example.com/")
print("tracked", flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def patient(environment, collector):
    """A busy machine may need longer than two seconds."""
    collector.mode(SLOW)
    yield {**environment, "TPC_EXIT_TIMEOUT_MS": "60000"}
    collector.mode()


@pytest.fixture
def program(tmp_path, patient):
    """Starts a program; it is gone at the end."""
    started = []

    def start(text, **variables):
        file = tmp_path / "program.py"
        file.write_text(text)
        started.append(subprocess.Popen([sys.executable, file], env={**patient, **variables}, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("method", "first", "second", "has_client"),
    [
        pytest.param("fork", "tpc", "multiprocessing", False, id="forked, with a client of its own"),
        pytest.param("fork", "tpc", "multiprocessing", True, id="forked, with its parent's client"),
        pytest.param("fork", "multiprocessing.util", "tpc", False, id="forked, tpc imported last"),
        pytest.param("spawn", "tpc", "multiprocessing", False, id="spawned"),
    ],
)
def test_a_child_of_multiprocessing_delivers_at_its_end(program, collector, method, first, second, has_client):
    process = program(PARENT.format(method=method, first=first, second=second, has_client=has_client))
    assert process.wait(PATIENCE) == 0
    assert len(collector.good()) == TRACKED


def ended(process, number=signal.SIGTERM, times=1):
    """The code of a server that was told to end once it had tracked."""
    assert process.stdout.readline() == "tracked\n"
    for _ in range(times):
        process.send_signal(number)
    return process.wait(PATIENCE)


def test_sigterm_waits_for_what_is_queued_and_then_ends_the_process_as_ever(program, collector):
    process = program(SERVER.format(setup="assert tpc.deliver_on_sigterm()"))
    assert ended(process) == -signal.SIGTERM
    assert len(collector.good()) == TRACKED


def test_a_second_sigterm_does_not_cut_the_wait_short(program, collector):
    process = program(SERVER.format(setup="tpc.deliver_on_sigterm()"))
    assert ended(process, times=2) == -signal.SIGTERM
    assert len(collector.good()) == TRACKED


def test_sigterm_waits_no_longer_than_it_may(program, collector):
    collector.mode({"status": 503})
    process = program(SERVER.format(setup="tpc.deliver_on_sigterm()"), TPC_EXIT_TIMEOUT_MS="100")
    assert ended(process) == -signal.SIGTERM
    assert not collector.good()


def test_without_the_call_sigterm_ends_the_process_at_once(program, collector):
    assert ended(program(SERVER.format(setup=""))) == -signal.SIGTERM
    assert len(collector.good()) < TRACKED


def test_a_handler_that_somebody_else_has_set_stays(program, collector):
    setup = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); assert not tpc.deliver_on_sigterm()"
    assert ended(program(SERVER.format(setup=setup))) == 7
    assert len(collector.good()) == TRACKED


def test_a_second_sigterm_does_not_end_a_server_that_is_on_its_way_out(program, collector):
    """gunicorn's worker handles it; but Python has taken the handlers away when the library delivers."""
    setup = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))"
    process = program(SERVER.format(setup=setup))
    assert process.stdout.readline() == "tracked\n"
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 7
    assert len(collector.good()) == TRACKED


def test_ctrl_c_ends_the_wait_and_the_process(program, collector):
    collector.mode({"status": 503})
    raising = "def deliver(): raise KeyboardInterrupt\ntpc._ending.deliver = deliver"
    process = program(SERVER.format(setup=f"tpc.deliver_on_sigterm()\n{raising}"))
    assert ended(process) == -signal.SIGTERM


AGAIN = """
import signal, tpc
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
within = interpreters.create()
interpreters.run_string(within, "import sys; sys.path[:] = " + repr(__import__("sys").path) + "\\nimport tpc\\nassert not tpc.deliver_on_sigterm()")
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
assert tpc.deliver_on_sigterm() and tpc.deliver_on_sigterm()
"""


def test_deliver_on_sigterm_can_be_called_twice_and_does_nothing_in_a_subinterpreter(program):
    assert program(AGAIN).wait(PATIENCE) == 0


LOGGING = """
import logging, multiprocessing, tpc
logging.basicConfig(format="LOGGED %(message)s")

def work():
    tpc.Client(exit_timeout_ms=1).track(href="https://example.com/")
    while not tpc._library.load()["tpc_log_take"](*tpc._logs.PEEK): pass

child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
"""


def test_a_child_of_multiprocessing_logs_its_lines_at_its_end(environment, collector):
    collector.mode({"status": 401})
    done = subprocess.run([sys.executable, "-c", LOGGING], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.stderr.startswith("LOGGED the endpoint answers HTTP 401"), done.stderr


def test_a_shared_client_waits_as_long_as_the_call_that_created_it_says():
    tpc.Client.shared(dry_run=True, name="ending", exit_timeout_ms=7)
    again = tpc.Client.shared(name="ending")
    assert again._exit_timeout_ms == 7
    again.close(0)


@pytest.mark.parametrize(
    ("of_client", "of_middleware", "seconds"), [({"exit_timeout_ms": 7000}, {}, 7), ({}, {"exit_timeout_ms": 9000}, 9), (None, {"exit_timeout_ms": None}, 2)],
)
def test_a_lifespans_end_waits_as_long_as_the_middleware_or_else_the_client_says(of_client, of_middleware, seconds):
    given = None if of_client is None else tpc.Client(dry_run=True, **of_client)
    tracker = _tracker.Tracker(given, None, None, {"dry_run": True, **of_middleware})
    waited = []
    tracker.client().flush = waited.append
    tracker.flush()
    assert waited == [seconds]


def test_only_the_main_thread_can_deliver_on_sigterm():
    results = []
    thread = threading.Thread(target=lambda: results.append(tpc.deliver_on_sigterm()))
    thread.start()
    thread.join()
    assert results == [False]


def test_a_client_that_is_collected_is_forgotten(client):
    before = len(_open_clients.all_clients())
    tpc.Client(api_key="key", dry_run=True).close(0)
    assert len(_open_clients.all_clients()) == before
