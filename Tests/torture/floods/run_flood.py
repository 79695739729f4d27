"""Runs a flood and reports what is wrong with its books."""

import json
import pathlib
import subprocess
import tempfile
import threading
from dataclasses import dataclass

from library.delivery import programs
from support.spool_folder import drain, pending

from .flood import COUNT, RETRY, SERVERS

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# What a process may grow by, beyond its share of the bytes in the queue: the library's, libcurl's and the threads' own.
SHARE, REST = 1.25, 2 << 20
# With a spool also the piece of it that is read at a time.
SEGMENT = 1 << 20
# The library's default.
CONNECTIONS = 8
# Milliseconds for what is pending in the end; a hung server is not waited for.
PATIENCE, IMPATIENCE, CLOSE = 600_000, 100, 500


@dataclass
class Result:
    """Sums over the processes; `memory` is the largest share of its bound, 1.0, that a process took."""

    complaints: list
    unaccounted: int
    accepted: int
    delivered: int
    growth: int
    memory: float


class Sink:
    """The server of a flood. `counts` says what arrived, after the `with` block."""

    def __init__(self, events, delay):
        self._command = [programs.compiled("sink", FOLDER), str(events), str(delay)]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"
        return self

    def __exit__(self, kind, error, traceback):
        output, _ = self._process.communicate()
        self.counts = json.loads(output)


def run_flood(flood, events, queue_events, spool=False):
    """Sends `events` in all, with at most `queue_events` in each process's queue. With `spool`, what finds no room there stays on disk,
    and is sent in the end."""
    with Sink(events, SERVERS[flood.server]) as sink, tempfile.TemporaryDirectory(prefix="tpc-floods-") as folder:
        environment = _environment(sink.url, queue_events, {"spool_directory": folder} if spool else {})
        lines = [json.loads(line) for line in _flood(flood, events, environment).splitlines()]
        left = pending(folder)
        if spool:
            drain(folder, environment)
            assert pending(folder) == []
    sums = {name: sum(line[name] for line in lines) for name in lines[0]}
    ended = sum(sums[name] for name in ("delivered", "rejected", "expired", "undelivered", "spooled"))
    rest = REST + SEGMENT * spool
    shares = [line["growth"] / (line["queue_bytes"] * SHARE + rest) for line in lines]
    found = _complaints(_wanted_on_disk(flood.processes, events, sums, sink.counts, left) if spool else _wanted(flood, events, sums, sink.counts))
    if flood.when_full == COUNT and sums["full"] == 0:
        found.append("no queue was ever full")
    found += [f"a process grew by {line['growth']:,} bytes with {line['queue_bytes']:,} queued"
              for line, share in zip(lines, shares) if share > 1]  # fmt: skip
    growth = max(line["growth"] for line in lines)
    return Result(found, abs(sums["accepted"] + sums["adopted"] - ended), sums["accepted"], sums["delivered"], growth, max(shares))


def _environment(url, queue_events, spool):
    environment = programs.environment(url, queue_max_events=queue_events, queue_max_bytes=1 << 30, **spool)
    environment["THE_PROMPTING_COMPANY_LOG"] = "off"
    return environment


def _flood(flood, events, environment):
    """What the processes printed: one line each."""
    wait = IMPATIENCE if flood.server == "hung" else PATIENCE
    apart = 1 if flood.forked else flood.processes
    started = []
    for index in range(apart):
        first, last = events * index // apart, events * (index + 1) // apart
        shape = [flood.threads, flood.processes if flood.forked else 0, flood.when_full, wait, CLOSE]
        command = [programs.compiled("flood", FOLDER), first, last - first, *shape]
        started.append(programs.launch(command, environment))
    timers = [threading.Timer(2 * PATIENCE / 1000, process.kill) for process in started]
    for timer in timers:
        timer.start()
    try:
        outputs = [process.communicate()[0] for process in started]
    finally:
        for timer in timers:
            timer.cancel()
    assert [process.returncode for process in started] == [0] * apart, outputs
    return "".join(outputs)


def _wanted(flood, events, sums, arrived):
    """Pairs of what was counted and what is right, by their names."""
    hung = flood.server == "hung"
    return {
        "tracked": (sums["tracked"], events),
        "accepted": (sums["accepted"], events if flood.when_full == RETRY else events - sums["full"]),
        "delivered": (sums["delivered"], 0 if hung else sums["accepted"]),
        "undelivered": (sums["undelivered"], sums["accepted"] if hung else 0),
        "on disk": (sums["spooled"] + sums["adopted"], 0),
        "unknown arrivals": (arrived["unknown"], 0),
        "arrivals twice": (arrived["duplicates"], 0),
        "different arrivals": (arrived["distinct"], arrived["distinct"] if hung else sums["delivered"]),
    }


def _wanted_on_disk(processes, events, sums, arrived, left):
    """The same with a spool, whose events were sent in the end: none was lost, and none arrived twice."""
    # A close awaits the answers that are under way.
    closing = sums["spooled"] - sums["adopted"] - len(left)
    return {
        "accepted": (sums["accepted"], events),
        "undelivered": (sums["undelivered"], 0),
        "accounted for": (sums["delivered"] + sums["spooled"], events + sums["adopted"]),
        "answered during a close": (min(max(0, closing), CONNECTIONS * processes), closing),
        "unknown arrivals": (arrived["unknown"], 0),
        "arrivals twice": (arrived["duplicates"], 0),
        "different arrivals": (arrived["distinct"], events),
    }


def _complaints(wanted):
    return [f"{name}: {value:,} instead of {right:,}" for name, (value, right) in wanted.items() if value != right]
