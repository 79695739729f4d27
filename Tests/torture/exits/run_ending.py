"""Ends a process in one way and reports what went wrong."""

import collections
import json
import re
import signal
import threading
from dataclasses import dataclass

from support.servers.fault_server import BODY, FaultServer, Hang, Reply

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


def run_ending(ending, server_kind, runtimes):
    with FaultServer(SERVERS[server_kind]) as server:
        options = {"exit_timeout_ms": EXIT_TIMEOUTS[server_kind], "request_timeout_ms": 600_000}
        output, code = _run(runtimes.start(ending, programs.environment(server.url, **options)))
        arrived = collections.Counter(json.loads(request.body)["eventId"] for request in server.requests if request.complete)
    if code is None:
        return Outcome(True, False, False, [f"it hangs, having said: {output}"])
    found = _complaints(ending, server_kind, output, arrived)
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
