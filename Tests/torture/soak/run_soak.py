"""Runs a soak and reports what went wrong."""

import json
import pathlib
import subprocess
import tempfile
import threading
from dataclasses import dataclass

from library.delivery import programs
from support.servers.collector_process import CollectorProcess
from support.spool_folder import pending

from .faults import FAULTS, Faults

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# Seconds for the end of the last round, beyond the soak's own.
PATIENCE = 300
OUTCOMES = ("delivered", "rejected", "expired", "abandoned", "spooled")


@dataclass(frozen=True)
class Soak:
    """How long a soak runs, and with what load. Memory is not judged in the share `warm_up` at the start; `bound` is in KiB."""

    seconds: int
    events_per_second: int = 500
    round_ms: int = 10_000
    fault_seconds: float = 5
    warm_up: float = 1 / 6
    bound: int = 1024


@dataclass
class Result:
    """`samples` are what the process held at rest, from the end of the warm-up on; `last` is what became of its events."""

    samples: list
    last: dict
    totals: dict
    faults: int

    @property
    def accepted(self):
        """The events of every client in every process."""
        return sum(self.last[kind]["accepted"] for kind in ("main", "second", "children"))

    @property
    def unaccounted(self):
        """Events that did not end in exactly one outcome and one report, or were delivered and did not arrive."""
        books = [self.last[kind] for kind in ("main", "second", "children")]
        open_ones = sum(abs(book["accepted"] + book["adopted"] - sum(book[outcome] for outcome in OUTCOMES)) for book in books)
        reported = self.last["tracked"] - self.last["as_wanted"] + self.last["strange"]
        lost = max(0, sum(book["delivered"] for book in books) - self.totals["distinct_ids"])
        return open_ones + reported + lost

    def spread(self, name):
        """By how much this figure of the process went up and down."""
        values = [sample[name] for sample in self.samples]
        return max(values) - min(values)


def run_soak(soak, *fault, follow=lambda sample: None, spool=False):
    """`fault` is one of the program's own. `follow` gets each sample as it comes. With `spool`, all clients share a folder."""
    with CollectorProcess("--quiet") as collector, tempfile.TemporaryDirectory(prefix="tpc-soak-") as folder:
        options = {"retry_initial_ms": 20, "retry_max_ms": 500, "report_capacity": 100_000, "queue_max_events": 50_000}
        options |= {"spool_directory": folder} if spool else {}
        command = [programs.compiled("soak", FOLDER), soak.seconds, soak.events_per_second, soak.round_ms, *fault]
        environment = {**programs.environment(collector.url, **options), "THE_PROMPTING_COMPANY_LOG": "off"}
        with Faults(collector, soak.fault_seconds) as faults:
            *samples, last = _lines(programs.launch(command, environment), soak.seconds + PATIENCE, follow)
        totals = collector.totals()
        assert pending(folder) == []
    warm = [sample for sample in samples if sample["seconds"] >= soak.seconds * soak.warm_up]
    return Result(warm, last, totals, faults.dealt)


def _lines(process, seconds, follow):
    """What the program printed, read as it comes."""
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    found, other = [], []
    try:
        for line in process.stdout:
            if not line.startswith("{"):
                other.append(line)
                continue
            found.append(json.loads(line))
            follow(found[-1])
        process.wait()
    finally:
        timer.cancel()
        process.stdout.close()
    assert process.returncode == 0, f"exit code {process.returncode}: {''.join(other)}"
    return found


def complaints(soak, result):
    """Everything that went wrong, one sentence each."""
    found = []
    if result.unaccounted:
        found.append(f"{result.unaccounted:,} events unaccounted for: {result.last}, at the collector {result.totals}")
    found += _disagreements(result)
    for name in ("resident", "anonymous"):
        if result.spread(name) > soak.bound:
            values = [sample[name] for sample in result.samples]
            found.append(f"{name} memory went from {values[0]:,} KiB to {values[-1]:,}, within {result.spread(name):,}")
    for name in ("threads", "descriptors"):
        if result.spread(name):
            found.append(f"{name}: {sorted({sample[name] for sample in result.samples})}")
    if any(sample["threads"] != 2 for sample in result.samples):
        found.append("more threads than the program's and the sender")
    return found


def _disagreements(result):
    """Where the counters, the reports, the program and the collector do not say the same."""
    last, main = result.last, result.last["main"]
    arrived, delivered = result.totals["distinct_ids"], sum(last[kind]["delivered"] for kind in ("main", "second", "children"))
    rejected = sum(last[kind]["rejected"] for kind in ("main", "second", "children"))
    checks = {
        "accepted as the program counts": last["accepted"] == main["accepted"],
        "left out as the program counts": last["left_out"] == main["left_out"],
        "each outcome has as many reports": last["reports"] == [main[outcome] for outcome in OUTCOMES],
        "no event was reported twice": last["twice"] == 0,
        "nothing expired or was abandoned": main["expired"] == main["abandoned"] == 0,
        # One whose answer was lost may have been rejected when it came again.
        "what arrived was delivered or rejected": arrived <= delivered + rejected,
        "every fault was dealt": result.faults >= len(FAULTS),
    }
    return [f"not so: {what}" for what, is_so in checks.items() if not is_so]
