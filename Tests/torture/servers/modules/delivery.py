"""Whatever happens to the processes, each page that was answered arrives once."""

import os
import signal

from .endpoint import Endpoint
from .judge import judge
from .outcome import Outcome
from .sites import RECYCLE, apache_site, behind_http2, nginx_site, wait_for_counters, workers
from .visitors import Visitors, visit


def disturbed(server, endpoint, visits, times, disturb, tls=False):
    """Disturbs the server so many times while pages are asked for, and returns the outcome."""
    port = server.ports["tls_port"] if tls else server.port
    with Visitors(port, tls=tls) as visitors:
        for number in range(1, times + 1):
            visitors.wait_for(visits * number // (times + 1))
            disturb(server)
        visitors.wait_for(visits)
    return verdict_of(server, endpoint, visitors)


def verdict_of(server, endpoint, *crowds):
    """The outcome for what these visitors asked for: the pages, the counters, and the error log."""
    verdict = judge(endpoint, *crowds)
    outcome = Outcome(str(verdict))
    outcome.complaints += verdict.complaints() + server.broken_lines()
    if not verdict.unanswered:
        outcome.complaints += wait_for_counters(server, {"accepted": verdict.answered, "delivered": verdict.answered, "lost": 0})
    return outcome


def reloads_of_nginx(visits, times):
    with Endpoint() as endpoint, nginx_site(endpoint) as server:
        return disturbed(server, endpoint, visits, times, lambda it: it.reload()).and_of(times, "reloads")


def reloads_of_nginx_over_tls(visits, times):
    """TLS on both sides: visitors come over TLS, and events go over HTTP/2 and TLS, in one process."""
    with Endpoint() as endpoint, behind_http2(endpoint) as (front, certificates):
        with nginx_site(front, tls=certificates) as server:
            return disturbed(server, endpoint, visits, times, lambda it: it.reload(), tls=True).and_of(times, "reloads")


def upgrades_of_nginx(visits, times):
    """Another binary takes the sockets over (USR2), and the old one quits."""
    with Endpoint() as endpoint, nginx_site(endpoint, upgradable=True, main="env LD_LIBRARY_PATH;") as server:
        return disturbed(server, endpoint, visits, times, lambda it: it.upgrade()).and_of(times, "binary upgrades")


def reloads_of_apache(mpm, visits, times, recycle=RECYCLE):
    with Endpoint() as endpoint, apache_site(endpoint, mpm, recycle=recycle) as server:
        outcome = disturbed(server, endpoint, visits, times, lambda it: it.reload())
        return outcome.and_of(times, f"graceful restarts, MaxConnectionsPerChild {recycle}")


def killed_when_idle(open_site, visits, times):
    """Kills a worker that has delivered everything."""
    with Endpoint() as endpoint, open_site(endpoint) as server:
        crowds = [visit(server.port, visits)]
        for _ in range(times):
            # By then the workers have written down what they counted.
            verdict_of(server, endpoint, *crowds)
            victim = workers(server)[0]
            os.kill(victim, signal.SIGKILL)
            server.wait_until(lambda: victim not in server.workers() and workers(server), "another worker")
            crowds.append(visit(server.port, visits))
        outcome = verdict_of(server, endpoint, *crowds)
        # The server says what we did.
        outcome.complaints = [line for line in outcome.complaints if "signal 9" not in line and "signal Killed" not in line]
        return outcome.and_of(times, "kill -9 of an idle worker")
