# SPDX-License-Identifier: Apache-2.0
"""What tpc-events/signals does at a signal. The endpoint takes its time, so that something is queued."""

import signal

import pytest

from . import nodes

SLOW = {"delay_ms": 200}
# A busy machine may need longer than two seconds.
PATIENT = {"TPC_EXIT_TIMEOUT_MS": "60000", "TPC_LOG_LEVEL": "off"}


def end(project, collector, who, number, insists=False, **variables):
    """The exit code of signals.mjs, which gets one signal or, from somebody who insists, one after the other until it ends. A
    signal's code is negative.
    """
    environment = project.environment(collector, **{**PATIENT, **variables})
    process = project.start("signals.mjs", who, environment=environment)
    try:
        assert process.stdout.readline() == "tracked\n"
        process.send_signal(number)
        while insists and process.poll() is None:
            process.send_signal(number)
        return process.wait(nodes.PATIENCE_SECONDS)
    finally:
        nodes.end(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2])
def test_a_signal_waits_for_what_is_queued_and_then_ends_the_process_as_ever(project_20, collector, number):
    collector.mode(SLOW)
    assert end(project_20, collector, "package", number) == -number
    assert collector.totals()["good"] == 20


def test_a_second_signal_does_not_cut_the_wait_short(project_20, collector):
    collector.mode(SLOW)
    assert end(project_20, collector, "package", signal.SIGTERM, insists=True) == -signal.SIGTERM
    assert collector.totals()["good"] == 20


def test_a_signal_waits_no_longer_than_it_may(project_20, collector):
    collector.mode({"status": 503})
    assert end(project_20, collector, "package", signal.SIGTERM, TPC_EXIT_TIMEOUT_MS="100") == -signal.SIGTERM
    assert collector.totals()["good"] == 0


@pytest.mark.parametrize("who", ["both", "once"])
def test_the_programs_own_listener_decides(project_20, collector, who):
    collector.mode(SLOW)
    assert end(project_20, collector, who, signal.SIGTERM) == 7
    assert collector.totals()["good"] == 20


def test_a_package_that_only_passes_signals_on_decides_nothing(project_20, collector):
    collector.mode(SLOW)
    # npm's own copy.
    module = nodes.npm("20") / "node_modules" / "signal-exit" / "dist" / "cjs" / "index.js"
    assert end(project_20, collector, "signal-exit", signal.SIGTERM, SIGNAL_EXIT=str(module)) == -signal.SIGTERM
    assert collector.totals()["good"] == 20


def test_without_the_call_a_signal_ends_the_process_at_once(project_20, collector):
    collector.mode(SLOW)
    assert end(project_20, collector, "nobody", signal.SIGTERM) == -signal.SIGTERM
    assert collector.totals()["good"] < 20


def test_an_unknown_signal_is_refused(project_20):
    program = "try { require('tpc-events/signals').deliverOnSignals(['SIGTREM']) } catch (e) { console.log(e.name, e.field) }"
    assert project_20.run("-e", program) == "TpcError signals\n"


def test_a_worker_thread_may_call_it_too(project_20):
    worker = "const { Worker, isMainThread } = require('node:worker_threads'); if (isMainThread) new Worker(__filename);"
    (project_20.folder / "worker.cjs").write_text(f"{worker} else require('tpc-events/signals').deliverOnSignals();")
    assert project_20.run("worker.cjs") == ""
