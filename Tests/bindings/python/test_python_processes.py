# SPDX-License-Identifier: Apache-2.0
"""What becomes of events at a process's end and across a fork. Each program is a process of its own."""

import subprocess
import sys
import time

import pytest

from . import interpreters

TRACK = "client.track(href='https://example.com/', session_id={!r})"
PROGRAM = "import os, sys, threading, time, tpc\nclient = tpc.Client()\n"
PATIENCE = 60


def run(environment, *lines, expected=0):
    """Runs a program of these lines; what it printed, and how many seconds it took."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + "\n".join(lines)], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == expected, done.stderr
    return done.stdout + done.stderr, time.monotonic() - begin


def sessions(collector):
    return [request["event"]["sessionId"] for request in collector.good()]


@pytest.mark.parametrize(
    ("ending", "code"), [("pass", 0), ("sys.exit(3)", 3), ("raise SystemExit(4)", 4), ("raise LookupError", 1)]
)
def test_an_ordinary_exit_delivers_what_is_queued_and_keeps_its_code(environment, collector, ending, code):
    patient = {**environment, "TPC_EXIT_TIMEOUT_MS": "60000"}
    run(patient, TRACK.format("one"), TRACK.format("two"), ending, expected=code)
    assert sorted(sessions(collector)) == ["one", "two"]


def test_an_exit_with_a_thread_that_tracks_on_delivers_and_ends(environment, collector):
    thread = "threading.Thread(target=lambda: [time.sleep(0.001) or client.track(href='https://example.com/')" + (
        " for _ in iter(int, 1)], daemon=True).start()"
    )
    run({**environment, "TPC_EXIT_TIMEOUT_MS": "60000"}, thread, TRACK.format("one"))
    assert "one" in sessions_with_gaps(collector)


def sessions_with_gaps(collector):
    return [request["event"].get("sessionId") for request in collector.good()]


def test_an_exit_waits_no_longer_than_two_seconds_for_a_server_that_is_away(environment, collector):
    collector.mode({"status": 503})
    _, seconds = run(environment, TRACK.format("one"))
    # The wait itself; the rest is for a machine that does a lot besides.
    assert 2 <= seconds < 2 + PATIENCE / 2


def test_an_exit_after_close_does_not_wait(environment, collector):
    collector.mode({"status": 503})
    environment = {**environment, "TPC_EXIT_TIMEOUT_MS": "600000"}
    run(environment, TRACK.format("one"), "assert client.close(0) == 1")


def test_a_forked_child_delivers_its_own_events_and_not_its_parents(environment, collector):
    run(
        {**environment, "TPC_EXIT_TIMEOUT_MS": "60000"},
        TRACK.format("before"),
        "child = os.fork()",
        "if child == 0:",
        f"    {TRACK.format('child')}",
        "    sys.exit(0)",
        TRACK.format("parent"),
        "assert os.waitpid(child, 0)[1] == 0",
    )
    assert sorted(sessions(collector)) == ["before", "child", "parent"]


def test_a_child_that_leaves_by__exit_has_to_close_since_it_skips_the_exit(environment, collector):
    run(
        environment,
        "child = os.fork()",
        "if child == 0:",
        f"    {TRACK.format('child')}",
        f"    os._exit(client.close({PATIENCE}))",
        "assert os.waitpid(child, 0)[1] == 0",
    )
    assert sessions(collector) == ["child"]


WARNED = """
import os, sys, tpc, warnings
warnings.simplefilter("always")
client = tpc.Client()
client.track(href="https://example.com/", session_id="parent")
child = os.fork()
if child == 0:
    client.track(href="https://example.com/", session_id="child")
    os._exit(client.close(60))
assert os.waitpid(child, 0)[1] == 0 and client.close(60) == 0
"""


@pytest.mark.parametrize("version", [version for version in interpreters.all_found() if version not in ("3.8", "3.9", "3.10", "3.11")])
def test_pythons_warning_about_threads_at_a_fork_is_the_documented_one_and_harmless(environment, collector, version):
    done = subprocess.run(
        [interpreters.all_found()[version], "-c", WARNED], env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert "is multi-threaded, use of fork() may lead to deadlocks in the child" in done.stderr
    assert sorted(sessions(collector)) == ["child", "parent"]


def test_importing_and_making_a_client_start_no_thread(environment):
    run(environment, "assert len(os.listdir('/proc/self/task')) == 1", TRACK.format("one"), "client.close(0)")
