"""Ends a process in one way and reports what went wrong."""

import collections
import json
import re
import signal
import tempfile
import threading
from dataclasses import dataclass

from support.servers.fault_server import BODY, FaultServer, Hang, Reply
from support.spool_folder import pending

from library.delivery import programs

from .ending import CLOSED, EXIT

TRACKED = {f"end-{number}" for number in range(20)}
# Seconds after which it hangs.
DEADLINE = 120
SAID = re.compile(r"the process ends before all events were delivered, pending: [1-9]")
SERVERS = {"answers": lambda _: Reply(delay=0.002), "hangs": lambda _: Hang(BODY)}
# Milliseconds that the exit may take: for a server that answers, as long as a busy machine needs.
EXIT_TIMEOUTS = {"answers": 60_000, "hangs": 200}


@dataclass
class Outcome:
    """`hung`, `crashed` and `silent` count towards the figure; `complaints` has them all."""

    hung: bool
    crashed: bool
    silent: bool
    complaints: list


def run_ending(ending, server_kind, runtimes, spool=False):
    """With `spool`, the events are on disk as well, in a folder of their own."""
    with FaultServer(SERVERS[server_kind]) as server, tempfile.TemporaryDirectory(prefix="tpc-exits-") as folder:
        options = {"exit_timeout_ms": EXIT_TIMEOUTS[server_kind], "request_timeout_ms": 600_000}
        options |= {"spool_directory": folder} if spool else {}
        output, code = _run(runtimes.start(ending, programs.environment(server.url, **options)))
        arrived = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests if request.complete)
        left = pending(folder)
    if code is None:
        return Outcome(True, False, False, [f"it hangs, having said: {output}"])
    found = _lost(ending, output, arrived, left) if spool else _complaints(ending, server_kind, output, arrived)
    crashed = code != ending.code
    silent = bool(found)
    if crashed:
        found.insert(0, f"exit code {code} instead of {ending.code}: {output[-1000:]}")
    return Outcome(False, crashed, silent, found)


def _run(process):
    """The program's output and its exit code, None if it had to be killed. A program that waits to be ended is ended."""
    timer = threading.Timer(DEADLINE, process.kill)
    timer.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "waiting\n":
            process.send_signal(signal.SIGTERM)
    code = process.wait()
    is_late = not timer.is_alive()
    timer.cancel()
    process.stdout.close()
    return "".join(lines), None if is_late and code == -signal.SIGKILL else code


def _lost(ending, output, arrived, left):
    """What is wrong with the events of a spool: however the process ends, none is lost, so nothing has to be said."""
    gone = {name for name in TRACKED if name not in arrived and name not in left}
    found = [f"lost: {sorted(gone)}: {output[-500:]}"] if gone else []
    # A thread that tracks while others do may wait for the disk too long on a busy machine: that event is in memory only.
    if SAID.search(output) and "threads_that_track" not in ending.way:
        found.append(f"events that are on disk are said to be left: {output[-500:]}")
    return found


def _complaints(ending, server_kind, output, arrived):
    """What is wrong with the events and with the program's output."""
    found = []
    twice = [name for name in TRACKED if arrived[name] > 1]
    missing = TRACKED - set(arrived)
    said = bool(SAID.search(output))
    if twice:
        found.append(f"arrived twice: {twice}")
    if ending.kind == EXIT and server_kind == "answers" and missing:
        found.append(f"not delivered: {sorted(missing)}: {output[-500:]}")
    if said != (ending.kind == EXIT and server_kind == "hangs"):
        found.append(f"what is left is {'' if said else 'not '}said: {output[-500:]}")
    if ending.kind == CLOSED:
        left = re.search(r"undelivered: (\d+)", output)
        # One that was cut short may have arrived all the same.
        least = len(TRACKED) if server_kind == "hangs" else len(missing)
        if left is None or int(left[1]) < least:
            found.append(f"close did not say what is left: {output[-500:]}")
    return found
