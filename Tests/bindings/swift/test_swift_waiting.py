# SPDX-License-Identifier: Apache-2.0
"""Many tasks: waits that hold up nobody, reports, and tracking from all of them."""

from support.servers.fault_server import BODY, FaultServer, Hang


def test_waits_delay_no_other_task_however_many_there_are(run):
    with FaultServer(lambda request: Hang(BODY)) as server:
        assert run("waits", url=server.url, THE_PROMPTING_COMPANY_LOG="off") == "ended before the other task: 0\n"


def test_reports_come_once_until_the_end(run, collector):
    run("reports")
    # One was closed at once, with a visit that the collector got or did not get.
    assert collector.totals()["good"] - 150 in (0, 1)


def test_reports_that_are_not_kept_are_logged_once(run):
    expected = "tpc: warn: delivery reports were asked for, but none are kept; set report_capacity (TPC_REPORT_CAPACITY)\n"
    run("unkept", errors=expected)


def test_eight_tasks_track_at_once_and_every_visit_arrives(run, collector):
    run("tasks")
    totals = collector.totals()
    assert (totals["good"], totals["distinct_ids"], totals["bad"]) == (4_000, 4_000, 0)
    assert len({record["event"]["page"]["href"] for record in collector.good()}) == 4_000
