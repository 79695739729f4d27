# SPDX-License-Identifier: Apache-2.0
"""How a PageVisits ends: with the process, with its scope, by its name, and in a child."""

from support.servers.fault_server import BODY, FaultServer, Hang


# More than a busy machine needs; the default is two seconds.
LONG = {"TPC_EXIT_TIMEOUT_MS": "60000"}


def test_visits_that_are_queued_at_exit_arrive(run, collector):
    run("exit", VISITS="20", **LONG)
    assert collector.totals()["good"] == 20


def test_a_visit_that_is_queued_at_exit_arrives_without_any_setting(run, collector):
    run("exit", VISITS="1")
    assert collector.totals()["good"] == 1


def test_an_exit_without_a_timeout_waits_for_nothing(run):
    with FaultServer(lambda request: Hang(BODY)) as server:
        # Ten minutes would be too long for this test.
        run("exit-zero", url=server.url, TPC_EXIT_TIMEOUT_MS="600000", THE_PROMPTING_COMPANY_LOG="off")


def test_one_that_leaves_its_scope_delivers_its_queue_and_its_thread_ends(start, collector):
    process = start("scope", collector.url)
    assert process.stdout.readline() == "left\n"
    # It is still running, so this is not its exit.
    assert collector.wait(20)["good"] == 20 and process.poll() is None
    output, errors = process.communicate("go\n", timeout=60)
    assert (process.returncode, output, errors) == (0, "ended\n", "")


def test_two_thousand_that_are_dropped_leave_no_thread_no_descriptor_and_no_slot(run, collector):
    run("dropped")
    assert collector.totals()["good"] == collector.totals()["distinct_ids"] == 200


def test_two_of_one_name_share_their_queue_and_their_end(run, collector):
    run("name")
    assert sorted(record["event"]["page"]["href"][-1] for record in collector.good()) == ["1", "2", "3", "5"]


def test_children_that_are_forked_while_the_first_sender_starts_deliver_their_visits(run, collector):
    for _ in range(60):
        run("fork-at-once", TPC_EXIT_TIMEOUT_MS="20000")
    totals = collector.totals()
    assert (totals["good"], totals["distinct_ids"], totals["bad"]) == (180, 180, 0)


def test_a_child_delivers_its_own_visits_and_the_parents_are_not_sent_twice(run, collector):
    run("fork", **LONG)
    totals = collector.totals()
    assert (totals["good"], totals["distinct_ids"], totals["duplicates"], totals["bad"]) == (30, 30, 0, 0)
    numbers = sorted(int(record["event"]["page"]["pathname"][1:]) for record in collector.good())
    assert numbers == [*range(10), *range(100, 110), *range(200, 210)]
