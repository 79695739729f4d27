"""Processes end while the endpoint is down. With a spool nothing is lost; without one, the loss is told with its number."""

import os
import re
import signal

from .bad_endpoints import UNDELIVERED
from .endpoint import Endpoint
from .judge import judge
from .outcome import Outcome
from .sites import RECYCLE, counters, site, wait_for_counters, workers
from .visitors import visit

KILLED = re.compile(r"signal 9|signal Killed")


def with_a_spool(name, visits):
    """A reload, with Apache recycled children, and the death of every worker; then the endpoint is back."""
    recycled = {} if name == "nginx" else {"recycle": RECYCLE}
    options = {"spool_directory": "@folder@/spool"}
    with Endpoint() as endpoint, site(name, endpoint, shutdown_seconds=1, options=options, **recycled) as server:
        endpoint.down()
        crowds = [visit(server.port, visits)]
        server.reload()
        crowds.append(visit(server.port, visits))
        _kill_workers(server)
        # Whoever is visited first takes over what they left. Too few connections to end one of them.
        crowds.append(visit(server.port, 50, connections=2))
        assert not endpoint.taken
        endpoint.up()
        verdict = judge(endpoint, *crowds)
        outcome = Outcome(str(verdict))
        outcome.complaints += wait_for_counters(server, {"pending": 0})
        # On a busy machine a thread may not wait for another one's first write. What is in memory only is counted.
        unspooled = counters(server)["unspooled"]
        if 0 < len(verdict.lost) <= min(unspooled, verdict.answered // 10):
            outcome.figures += f" ({unspooled} were in memory only)"
            verdict.lost.clear()
        outcome.complaints += verdict.complaints() + [line for line in server.broken_lines() if not KILLED.search(line)]
    return outcome


def _kill_workers(server):
    """Kills them all, and waits for others."""
    victims = workers(server)
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    server.wait_until(lambda: not set(victims) & set(server.workers()) and workers(server), "other workers")
    return victims


def without_a_spool(name, visits):
    """A reload while the endpoint is down loses what was queued, and the log and the counters say how much that is."""
    with Endpoint() as endpoint, site(name, endpoint, shutdown_seconds=1) as server:
        endpoint.down()
        crowd = visit(server.port, visits)
        server.reload()
        told = sum(map(int, UNDELIVERED.findall(server.log())))
        lost = len(crowd.answered)
        outcome = Outcome(f"{lost:,} answered, {told:,} told as undelivered")
        if told != lost:
            outcome.complaints.append(f"{told} of {lost} were told as undelivered")
        outcome.complaints += wait_for_counters(server, {"accepted": lost, "abandoned": lost, "lost": 0}) + server.broken_lines()
        endpoint.up()
        after = visit(server.port, visits)
        outcome.complaints += judge(endpoint, after).complaints()
    return outcome


def killed_with_a_queue(name, visits):
    """Without a spool, kill -9 loses what its process had queued. The counters go on from where it was, and say how much that is."""
    with Endpoint() as endpoint, site(name, endpoint, shutdown_seconds=1) as server:
        endpoint.down()
        crowd = visit(server.port, visits)
        complaints = wait_for_counters(server, {"accepted": len(crowd.answered), "pending": len(crowd.answered)})
        victims = _kill_workers(server)
        endpoint.up()
        after = visit(server.port, visits)
        outcome = Outcome("", complaints + judge(endpoint, after).complaints())
        expected = {
            "accepted": len(crowd.answered) + len(after.answered), "delivered": len(after.answered), "lost": len(crowd.answered),
            "pending": 0,
        }  # fmt: skip
        if name == "nginx":
            expected["workers"] = len(victims)
        outcome.complaints += wait_for_counters(server, expected)
        outcome.figures = ", ".join(f"{key} {value:,}" for key, value in expected.items())
        outcome.and_of(len(victims), "workers killed with a queue")
    return outcome
