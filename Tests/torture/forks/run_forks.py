"""Lets a program fork and compares what its processes had accepted with what arrived."""

import collections
import json
from dataclasses import dataclass

from support.servers.fault_server import BODY, FaultServer, Hang, Reply

from library.delivery import programs

# Slow enough that the parent's queue is never empty.
SLOW = lambda _: Reply(delay=0.005)  # noqa: E731


@dataclass
class Result:
    """Names of events, but for `accepted`, which counts them, and `senders`, the processes' and threads' names."""

    senders: list
    accepted: int
    lost: list
    twice: list
    unknown: list

    @property
    def complaints(self):
        found = {"lost": self.lost, "twice": self.twice, "accepted by nobody": self.unknown}
        return [f"{len(names)} {what}: {names[:5]}" for what, names in found.items() if names]


def run_forks(command, children, certificates=None, patience=programs.PATIENCE, **variables):
    """Runs `command CHILDREN URL_OF_A_SERVER_THAT_HANGS`; over TLS when there are certificates."""
    tls = certificates.server_context() if certificates else None
    options = {"queue_max_events": 500, "log_level": "off", "exit_timeout_ms": 0}
    options |= {"ca_file": certificates.ca_file} if certificates else {}
    with FaultServer(SLOW, tls=tls) as server, FaultServer(lambda _: Hang(BODY)) as hung:
        environment = {**programs.environment(server.url, **options), **variables}
        process = programs.launch([*command, children, hung.url], environment)
        said = programs.ended(process, patience=patience)
        arrived = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests)
    return _compared(dict(_sender(line) for line in said.splitlines()), arrived)


def _sender(line):
    name, _, count = line.partition(" ")
    assert count.isdigit(), f"no sender and its count: {line}"
    return name, int(count)


def _compared(senders, arrived):
    accepted = {f"{sender}-{number}" for sender, count in senders.items() for number in range(count)}
    return Result(
        sorted(senders),
        len(accepted),
        lost=sorted(accepted - set(arrived)),
        twice=sorted(name for name, count in arrived.items() if count > 1),
        unknown=sorted(set(arrived) - accepted),
    )
