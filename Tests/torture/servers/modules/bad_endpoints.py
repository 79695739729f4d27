"""An endpoint that is down, hangs, or refuses the key: pages are answered as ever, and the server ends in its time."""

import re
import time

from .endpoint import HANGS, REFUSES, TAKES, Endpoint
from .outcome import Outcome
from .sites import counters, site
from .visitors import visit

DOWN = "down"
BEHAVIORS = (DOWN, HANGS, REFUSES)
# What the modules of nginx and of Apache say.
UNDELIVERED = re.compile(r"(\d+) visits were (?:undelivered|not delivered)")


def ends(name, behavior, visits, end, shutdown_seconds=None):
    """Has pages answered while the endpoint misbehaves, and ends the server with its method `end`: "stop" or "quit"."""
    with Endpoint(TAKES if behavior == DOWN else behavior) as endpoint:
        if behavior == DOWN:
            endpoint.down()
        with site(name, endpoint, shutdown_seconds=shutdown_seconds) as server:
            crowd = visit(server.port, visits)
            taken = counters(server)["accepted"]
            begun = time.monotonic()
            code = getattr(server, end)()
            took = time.monotonic() - begun
            log = server.log()
            complaints = server.broken_lines()
    told = sum(map(int, UNDELIVERED.findall(log)))
    outcome = Outcome(f"{end}, endpoint {behavior}: {len(crowd.answered):,} answered, ended in {took:.2f} s, {told:,} told as undelivered")
    outcome.complaints += complaints
    if code != 0:
        outcome.complaints.append(f"the server ended with {code}")
    if crowd.unanswered:
        outcome.complaints.append(f"{len(crowd.unanswered)} pages were not answered")
    if told != len(crowd.answered):
        outcome.complaints.append(f"{told} visits were told as undelivered, of {len(crowd.answered)}; accepted {taken}")
    outcome.complaints += [f"{count} times in the log: {line}" for line, count in _repeated(log)]
    return outcome


def _repeated(log):
    """Lines about the endpoint that one process wrote more than once, with how often."""
    lines = {}
    for line in log.splitlines():
        found = re.search(r"(?P<process>\d+)#\d+: tpc: (?P<nginx>.*)|\[tpc:\w+\] \[pid (?P<child>\d+)[^\]]*\] (?P<apache>.*)", line)
        if found:
            key = found["process"] or found["child"], re.sub(r"\d+", "N", found["nginx"] or found["apache"])
            lines[key] = lines.get(key, 0) + 1
    return [(line, count) for (_, line), count in lines.items() if count > 1]


def speeds(name, visits):
    """How quickly pages are answered, beside a good endpoint. For the eye only: the machine may be busy."""
    figures, good = [], None
    for behavior in (TAKES, *BEHAVIORS):
        with Endpoint(TAKES if behavior == DOWN else behavior) as endpoint:
            if behavior == DOWN:
                endpoint.down()
            with site(name, endpoint, shutdown_seconds=1) as server:
                crowd = visit(server.port, visits)
        good = good or crowd
        figures.append(f"{behavior} {crowd.median / good.median:.2f} and {crowd.p99 / good.p99:.2f}")
    return Outcome("time of a page, beside a good endpoint's, median and p99: " + "; ".join(figures[1:]))
