# SPDX-License-Identifier: Apache-2.0
"""Worker threads: each may have clients, which end with it."""

import pytest
from support.servers.fault_server import BODY, FaultServer, Hang

# A busy machine may need longer than the two seconds that hold without it.
PATIENT = {"TPC_EXIT_TIMEOUT_MS": "60000"}


@pytest.mark.parametrize(("way", "events"), [("naturally", 40), ("by_termination", 20), ("again_and_again", 150)])
def test_a_worker_thread_that_ends_delivers_first(project, collector, way, events):
    environment = project.environment(collector, **PATIENT)
    assert project.run("threads.mjs", way, environment=environment) == "done\n"
    assert collector.totals()["good"] == events


def test_the_end_of_the_process_lets_worker_threads_deliver(project, collector):
    project.run("threads.mjs", "by_exit", environment=project.environment(collector, **PATIENT))
    assert collector.totals()["good"] == 20


def test_a_shared_client_outlives_the_worker_thread_that_made_it(project, collector):
    environment = project.environment(collector, **PATIENT)
    assert "accepted 20" in project.run("threads.mjs", "shared", environment=environment)
    assert collector.totals()["good"] == 20


def test_a_worker_thread_takes_its_clients_with_it(project):
    with FaultServer(lambda _: Hang(BODY)) as server:
        environment = project.environment(server, TPC_EXIT_TIMEOUT_MS="100", TPC_REQUEST_TIMEOUT_MS="600000")
        assert "more threads 0\n" in project.run("threads.mjs", "leaving_nothing_behind", environment=environment)


@pytest.mark.parametrize("way", ["by_termination", "by_exit"])
def test_a_server_that_hangs_holds_up_a_worker_thread_no_longer_than_it_may(project, way):
    with FaultServer(lambda _: Hang(BODY)) as server:
        environment = project.environment(server, TPC_EXIT_TIMEOUT_MS="200", TPC_REQUEST_TIMEOUT_MS="600000")
        project.run("threads.mjs", way, environment=environment)
