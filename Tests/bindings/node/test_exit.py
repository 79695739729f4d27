# SPDX-License-Identifier: Apache-2.0
"""The end of a process: an idle one ends by itself, a busy one delivers first, for as long as its options let it."""

import signal

import pytest
from support.servers.fault_server import BODY, FaultServer, Hang

from . import nodes

# The first request takes its time, so that the process has events queued when it wants to end.
SLOW = {"delay_ms": 500, "count": 1}
# A busy machine may need longer than the two seconds that hold without it.
PATIENT = {"TPC_EXIT_TIMEOUT_MS": "60000"}


@pytest.mark.parametrize(
    ("way", "code"), [("naturally", 0), ("by_exit", 3), ("by_an_exception", 1), ("by_a_rejection", 1)]
)
def test_a_process_that_ends_delivers_first_and_keeps_its_exit_code(project, collector, way, code):
    collector.mode(SLOW)
    project.run("end.mjs", way, environment=project.environment(collector, **PATIENT), code=code)
    assert collector.totals()["good"] == 20


def signaled(project, collector, sent):
    """Sends the signal while events are queued; the process's exit code."""
    collector.mode(SLOW)
    environment = project.environment(collector, **PATIENT)
    process = project.start("end.mjs", "by_a_signal_that_is_handled", environment=environment)
    try:
        assert [process.stdout.readline() for _ in range(2)] == ["tracked\n", "waiting\n"]
        process.send_signal(sent)
        output, _ = process.communicate(timeout=nodes.PATIENCE_SECONDS)
    finally:
        nodes.end(process)
    return process.returncode, output


def test_a_process_that_handles_sigterm_delivers_first(project, collector):
    assert signaled(project, collector, signal.SIGTERM) == (0, "")
    assert collector.totals()["good"] == 20


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGUSR2], ids=["SIGINT of PM2", "SIGUSR2 of nodemon"])
def test_a_process_that_handles_what_a_manager_of_processes_sends_delivers_first(project_20, collector, sent):
    assert signaled(project_20, collector, sent) == (0, "")
    assert collector.totals()["good"] == 20


@pytest.mark.parametrize("way", ["naturally", "after_a_flush", "after_a_close", "while_reports_are_awaited"])
def test_an_idle_process_ends_by_itself(project, collector, way):
    project.run("end.mjs", way, 0, collector=collector)


def test_flushing_keeps_a_process_alive_until_it_is_done(project, collector):
    collector.mode(SLOW)
    assert "pending 0" in project.run("end.mjs", "after_a_flush", collector=collector)


def test_a_process_that_waits_for_reports_gets_those_of_all_its_events(project, collector):
    output = project.run("end.mjs", "while_reports_are_awaited", collector=collector)
    assert output.count("report delivered") == 20


@pytest.mark.parametrize("way", ["naturally", "by_exit_while_flushing"])
def test_a_server_that_hangs_holds_up_the_end_no_longer_than_it_may(project, way):
    with FaultServer(lambda _: Hang(BODY)) as server:
        environment = project.environment(server, TPC_EXIT_TIMEOUT_MS="200", TPC_REQUEST_TIMEOUT_MS="600000")
        project.run("end.mjs", way, environment=environment)
        assert len(server.requests) > 0
