# SPDX-License-Identifier: Apache-2.0
"""A client that nobody holds any more delivers what is queued and ends by itself; a shared one stays."""

import gc
import os
import subprocess
import sys
import time

import pytest
import tpc

HREF = "https://example.com/"
PATIENCE = 60


def used():
    """The threads and descriptors of this process."""
    return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
    return True


def test_dropped_clients_deliver_and_leave_threads_and_descriptors_as_they_were(collector):
    gc.collect()
    before = used()
    for number in range(30):
        tpc.Client(base_url=collector.url, api_key="key-of-the-test").track(href=HREF, session_id=str(number))
    until(lambda: collector.totals()["good"] == 30)
    assert until(lambda: used() == before)


def test_more_clients_can_be_dropped_than_can_be_open():
    for _ in range(1500):
        tpc.Client(dry_run=True)


def test_a_client_in_a_cycle_is_dropped_as_well(collector):
    client = tpc.Client(base_url=collector.url, api_key="key-of-the-test")
    client.itself = client
    client.track(href=HREF)
    del client
    gc.collect()
    assert until(lambda: collector.totals()["good"] == 1)


def test_a_shared_client_stays_when_nobody_holds_it():
    tpc.Client.shared(dry_run=True, name="dropped").track(href=HREF)
    gc.collect()
    again = tpc.Client.shared(dry_run=True, name="dropped")
    assert again.stats().accepted == 1
    again.close()


@pytest.mark.parametrize("end", ["client.close(60)", "del client"])
def test_closing_and_dropping_come_to_the_same(environment, collector, end):
    program = f"import tpc\nclient = tpc.Client(exit_timeout_ms=60000)\nclient.track(href='{HREF}')\n{end}"
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=PATIENCE)
    assert collector.totals()["good"] == 1


FORKING = """
import gc, os, sys, tpc
client = tpc.Client()
client.track(href="https://example.com/", session_id="parent")
child = os.fork()
if child == 0:
    client = None
    gc.collect()
    with tpc.Client() as other:
        other.track(href="https://example.com/", session_id="child")
        assert other.flush(60) == 0
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
client.track(href="https://example.com/", session_id="after")
assert client.close(60) == 0
"""


def test_a_child_that_drops_its_parents_client_takes_nothing_from_the_parent(environment, collector):
    subprocess.run([sys.executable, "-c", FORKING], env=environment, check=True, timeout=PATIENCE)
    assert sorted(request["event"]["sessionId"] for request in collector.good()) == ["after", "child", "parent"]


def test_python_ends_in_order_with_clients_in_cycles_globals_and_threads(environment, collector):
    program = """
import threading, tpc
kept = [tpc.Client(exit_timeout_ms=60000) for _ in range(5)]
kept.append(kept)
class Late:
    def __init__(self): self.client = tpc.Client(exit_timeout_ms=60000)
    def __del__(self): self.client.track(href="https://example.com/late")
late = Late()
for client in kept[:5]: client.track(href="https://example.com/")
thread = threading.Thread(target=lambda: tpc.Client(exit_timeout_ms=60000).track(href="https://example.com/"))
thread.start()
"""
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    assert collector.totals()["good"] >= 6
