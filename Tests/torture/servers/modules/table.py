"""The rows: what is done to which server. The long forms' numbers are here, the quick forms' in test_modules.py."""

from dataclasses import dataclass
from typing import Callable

from . import bad_endpoints, delivery, memory, outages, reading, sanitized, stops
from .sites import APACHES, SERVERS, site


@dataclass(frozen=True)
class Row:
    server: str
    what: str
    run: Callable  # returns an Outcome

    @property
    def name(self):
        return f"{self.server}: {self.what}"


def _each(servers, what, run):
    """A row for each server; `run` takes its name."""
    return [Row(name, what, lambda name=name: run(name)) for name in servers]


def _ends(name):
    """A row for each behavior and each way to end."""
    return [
        Row(name, f"endpoint {behavior}, {end}", lambda behavior=behavior, end=end: bad_endpoints.ends(name, behavior, 2000, end))
        for behavior in bad_endpoints.BEHAVIORS
        for end in ("stop", "quit")
    ]


ROWS = [
    Row("nginx", "reloads", lambda: delivery.reloads_of_nginx(50_000, 60)),
    Row("nginx", "reloads, TLS and HTTP/2", lambda: delivery.reloads_of_nginx_over_tls(50_000, 60)),
    Row("nginx", "binary upgrades", lambda: delivery.upgrades_of_nginx(12_000, 6)),
    *_each(APACHES, "graceful restarts", lambda name: delivery.reloads_of_apache(name, 20_000, 20)),
    *_each(SERVERS, "a killed idle worker", lambda name: delivery.killed_when_idle(lambda it: site(name, it), 1000, 4)),
    *_each(SERVERS, "memory", lambda name: memory.growth(name, 200)),
    *[row for name in SERVERS for row in _ends(name)],
    *_each(SERVERS, "speed of pages", lambda name: bad_endpoints.speeds(name, 6000)),
    *_each(SERVERS, "an outage with a spool", lambda name: outages.with_a_spool(name, 5000)),
    *_each(SERVERS, "an outage without a spool", lambda name: outages.without_a_spool(name, 5000)),
    *_each(SERVERS, "counters after kill -9", lambda name: outages.killed_with_a_queue(name, 2000)),
    *_each(SERVERS, "stopped under load", lambda name: stops.stops_under_load(name, 20_000, 20)),
    Row("nginx", "load_module removed and added", lambda: reading.module_removed_and_added(2000, 10)),
    Row("nginx", "threads", lambda: reading.threads_of_nginx(1000)),
    *_each(SERVERS, "address sanitizer", lambda name: sanitized.reloads(name, 10_000, 10)),
]
