"""Runs one row and takes its measure."""

import contextlib
import json
import pathlib
import signal
import threading
import time
from dataclasses import dataclass

from library.delivery import programs
from support.servers.fault_server import FaultServer
from support.servers.http2_server import Http2Server

from .behavior import Behavior
from .law import HTTP2, REFUSAL
from .seen import Seen

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# Seconds beyond the stream's own: only a run that fails waits this long.
PATIENCE = 120


@dataclass
class Result:
    """`figure` is the row's measure. `complaints` is empty when nothing else went wrong."""

    figure: float
    complaints: list
    seen: Seen


def prepare():
    """Compiles the program: before threads ask for it, since a file that is being written cannot be run."""
    programs.compiled("stream", FOLDER)


def run_row(row, certificates):
    """The best of the row's runs."""
    results = []
    for _ in range(row.runs):
        results.append(_run(row, certificates))
        if row.holds(results[-1].figure):
            break
    return (max if row.at_most is None else min)(results, key=lambda result: result.figure)


def _run(row, certificates):
    began = time.monotonic()
    behavior = Behavior(row.server, began)
    server = _server(row, behavior, certificates)
    opens = max((outage.end for outage in row.server.outages if outage.way == REFUSAL), default=None)
    with contextlib.ExitStack() as exits:
        opening = threading.Timer(opens or 0, lambda: exits.enter_context(server))
        if opens is None:
            exits.enter_context(server)
        else:
            opening.start()
        process = _start(row, server.url, certificates)
        try:
            _stop(process, row.load.stopped, began)
            output = programs.ended(process, patience=row.load.seconds + PATIENCE)
        finally:
            opening.cancel()
            if opens is not None:
                opening.join()
            process.kill()
    lines = [json.loads(line) for line in output.splitlines()]
    for line in lines:
        line["time"] -= began
    seen = Seen(row, lines, sorted(behavior.answers, key=lambda answer: answer[0]))
    return Result(row.measure(seen), _complaints(seen), seen)


def _server(row, behavior, certificates):
    if row.server.protocol == HTTP2:
        return Http2Server(certificates.server_context(alpn=["h2"]), behavior, max_streams=1000)
    server = FaultServer(behavior)
    behavior.read_body = server.read_body
    return server


def _start(row, url, certificates):
    options = {"retry_initial_ms": 500, "retry_max_ms": 30_000, "ca_file": certificates.ca_file, **row.options}
    environment = programs.environment(url, **options)
    environment["THE_PROMPTING_COMPANY_LOG"] = "off"
    load = row.load
    arguments = [load.at_once, load.rate, load.burst, load.seconds, load.clients, load.flush_ms]
    return programs.launch([programs.compiled("stream", FOLDER), *arguments], environment)


def _stop(process, stopped, began):
    """Stops the process for the time that the row says, like a host that is frozen and thawed."""
    if stopped is None:
        return
    moment, seconds = stopped
    time.sleep(max(0.0, began + moment - time.monotonic()))
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


def _complaints(seen):
    """What must never happen, whatever the row measures: an event counts as delivered that the server never took."""
    taken = len({event for _, event, way in seen.answers if way == 200})
    delivered = seen.last["delivered"]
    return [f"{delivered} events delivered, and the server took {taken}"] if delivered > taken else []
