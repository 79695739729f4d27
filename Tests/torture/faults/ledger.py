"""The books of one run: what the sender reported about its events, what the server saw of them, and whether the two agree."""

import collections
import json
from dataclasses import dataclass

OUTCOMES = {1: "delivered", 2: "rejected", 3: "expired", 4: "abandoned", 5: "spooled"}


@dataclass(frozen=True)
class Report:
    identifier: str
    outcome: str
    status: int
    attempts: int


@dataclass
class Ledger:
    """`reports` in the order in which they came; `counters` by their names."""

    reports: list
    counters: dict

    @classmethod
    def read(cls, output):
        """From what programs/ledger.c printed."""
        *lines, last = output.splitlines()
        reports = []
        for line in lines:
            if line != "failing":
                identifier, outcome, status, attempts = line.rsplit(" ", 3)
                reports.append(Report(identifier, OUTCOMES[int(outcome)], int(status), int(attempts)))
        return cls(reports, json.loads(last))


@dataclass
class Arrivals:
    """What the server saw. `bodies` maps an event's id to the different bodies that came with it, `accepted` holds the ids
    that were answered with a 2xx, `answered` those that were answered with something else, `strays` what should not have
    come."""

    bodies: dict
    accepted: set
    answered: set
    strays: list


def imbalances(ledger, arrivals, events):
    """Every way in which the books of this many events do not balance, whatever the fault was; empty when they do."""
    counters, found = ledger.counters, []
    ended = sum(counters[name] for name in ("delivered", "rejected", "expired", "spooled"))
    if counters["accepted"] != events:
        found.append(f"accepted {counters['accepted']} of {events}")
    left = events + counters["adopted"] - ended - counters["undelivered"]
    if left:
        found.append(f"{left} events are unaccounted for: {counters}")
    told = collections.Counter(report.outcome for report in ledger.reports)
    if ledger.reports or ended:
        for name in ("delivered", "rejected", "expired"):
            if told[name] != counters[name]:
                found.append(f"{told[name]} reports say {name}, the counter {counters[name]}")
    found += [
        f"{count} reports for event {identifier}"
        for identifier, count in collections.Counter(report.identifier for report in ledger.reports).items()
        if count != 1
    ]
    found += _attempts(ledger, events)
    return found + _arrivals(ledger, arrivals, events)


def _attempts(ledger, events):
    if len(ledger.reports) != events:
        return []
    counters = ledger.counters
    attempts = sum(report.attempts for report in ledger.reports)
    tried = sum(report.attempts > 0 for report in ledger.reports)
    wanted = {"requests": attempts, "retries": attempts - tried, "pending": 0, "queue_bytes": 0}
    return [f"{name}: {counters[name]} instead of {value}" for name, value in wanted.items() if counters[name] != value]


def _arrivals(ledger, arrivals, events):
    known = {str(number) for number in range(events)}
    found = list(arrivals.strays)
    found += [f"an event that nobody tracked arrived: {name}" for name in arrivals.bodies if name not in known]
    found += [f"event {name} came with {len(seen)} bodies" for name, seen in arrivals.bodies.items() if len(seen) != 1]
    found += [
        f"event {report.identifier} is reported delivered, and no server took it"
        for report in ledger.reports
        if report.outcome == "delivered" and report.identifier not in arrivals.accepted
    ]
    found += [
        f"event {report.identifier} is reported rejected, and no server refused it"
        for report in ledger.reports
        if report.outcome == "rejected" and report.identifier not in arrivals.answered
    ]
    return found
