# SPDX-License-Identifier: Apache-2.0
"""PageVisits with swift-service-lifecycle, swift-log and swift-metrics."""

import json
import re
import subprocess

import pytest
from bindings.python.web_servers import WebServer
from support.paths import ROOT

REFUSED = "http://127.0.0.1:9"


@pytest.fixture
def run(programs, environment):
    """Runs a program of `services` to its end and returns the lines that it wrote, and those of standard error."""

    def run_it(*arguments, **variables):
        done = subprocess.run(
            [programs / "services", *arguments], env={**environment, **variables}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines(), done.stderr.splitlines()

    return run_it


@pytest.fixture
def start(programs, environment):
    """Starts one that runs until it is stopped."""

    def start_it(*arguments, **variables):
        return WebServer([programs / "services", *arguments], r"running as process (\d+)", {**environment, **variables})

    return start_it


def test_a_graceful_end_delivers_what_the_later_services_tracked_last(start, collector):
    with start("group") as program:
        code, log = program.stop()
    assert code == 0
    assert "accepted 21 delivered 21 abandoned 0 pending 0" in log
    assert collector.totals()["distinct_ids"] == 21


def test_an_unreachable_endpoint_holds_the_graceful_end_up_for_the_exit_timeout(start):
    with start("group", THE_PROMPTING_COMPANY_BASE_URL=REFUSED, TPC_EXIT_TIMEOUT_MS="100", TPC_LOG_LEVEL="off") as program:
        code, log = program.stop()
    assert code == 0
    assert "accepted 21 delivered 0 abandoned 21 pending 0" in log


@pytest.mark.parametrize(
    "name, said",
    [
        ("failing", ["failed with Failure", "accepted 20 delivered 20 abandoned 0 pending 0"]),
        ("cancelled", ["accepted 20 delivered 20 abandoned 0 pending 0"]),
        ("twice", ["accepted 20 delivered 20 abandoned 0 pending 0"]),
    ],
)
def test_what_is_queued_is_delivered_when_a_service_fails_or_is_cancelled_or_runs_twice(run, collector, name, said):
    assert run(name)[0] == said
    assert collector.totals()["distinct_ids"] == 20


def test_a_sender_that_is_closed_neither_ends_its_group_nor_holds_it_up(start):
    with start("closed") as program:
        code, log = program.stop()
    assert code == 0
    assert "asked to end" in log


def test_each_level_comes_to_the_logger_and_nothing_to_standard_error(run, collector):
    collector.mode({"status": 401, "count": 1})
    lines, errors = run("lines", "one", TPC_LOG_LEVEL="info", TPC_RETRY_INITIAL_MS="10")
    assert [line.split()[:2] for line in lines] == [["one", "error"], ["one", "info"], ["one", "warning"], ["one", "refused"]]
    assert errors == []
    assert [line.split()[:2] for line in run("lines", "one", TPC_LOG_LEVEL="off")[0]] == [["one", "refused"]]


def test_each_sender_has_a_logger_of_its_own(run, collector):
    collector.mode({"status": 401})
    lines, errors = run("lines", "one", "two", TPC_LOG_LEVEL="error")
    assert [line.split()[:2] for line in lines] == [["one", "error"], ["one", "refused"], ["two", "error"], ["two", "refused"]]
    assert errors == []


def test_of_many_lines_the_first_come_and_one_more_counts_the_others(run, collector):
    collector.mode({"status": 401})
    lines, errors = run("many", TPC_LOG_LEVEL="error")
    assert [line.split()[:2] for line in lines[:16]] == [["many", "error"]] * 16
    assert "not kept: 4" in lines[16]
    assert errors == []


def test_a_quiet_servers_lines_come_without_another_call(start, collector):
    collector.mode({"status": 401})
    with start("quiet", TPC_EXIT_TIMEOUT_MS="100") as program:
        program.wait_for("quiet error ")
        assert program.stop()[0] == 0


def test_what_nobody_took_goes_to_standard_error_at_the_exit(run, collector):
    collector.mode({"status": 401, "delay_ms": 300})
    lines, errors = run("untaken")
    assert lines == []
    assert any(line.startswith("tpc: ") and "401" in line for line in errors)


def test_the_counters_are_recorded_by_the_documented_names(run):
    rows = re.findall(r"^\| `(tpc_\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    expected = {
        **dict.fromkeys(rows, 0), "tpc_events_accepted_total": 20, "tpc_events_delivered_total": 20,
        "tpc_events_refused_invalid_total": 1,
    }  # fmt: skip
    lines, _ = run("metrics")
    for line in lines:
        recorded = json.loads(line)
        assert recorded.pop("tpc_requests_total") >= 1
        assert recorded == {name: number for name, number in expected.items() if name != "tpc_requests_total"}
    assert len(lines) == 2


def test_senders_add_up_and_none_counts_twice(run):
    recorded = json.loads(run("several")[0][0])
    assert recorded["tpc_events_accepted_total"] == 1 + 2 + 3 + 4
    assert recorded["tpc_events_delivered_total"] == 1 + 2 + 3 + 4
    assert recorded["tpc_events_pending"] == 0


def test_a_gauge_is_the_sum_of_all_senders_with_a_factory_that_has_no_meters(run):
    assert run("pending", TPC_LOG_LEVEL="off")[0] == ["pending 10.0", "pending 0.0"]


def test_each_factory_gets_all_numbers_of_a_sender(run):
    assert run("factories")[0] == []
