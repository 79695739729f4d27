"""Runs one row and reports what is wrong with its books."""

import pathlib
import tempfile
import threading
import time
from dataclasses import dataclass

from library.delivery import programs
from support.spool_folder import pending

from .ledger import Ledger
from .scene import Scene
from .verdict import complaints

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# Seconds of the sender's clock, and of ours: only a run that fails waits this long.
PATIENCE = 100


@dataclass
class Result:
    """`complaints` is empty when nothing went wrong. `unaccounted` counts events, `requests` what they cost."""

    complaints: list
    unaccounted: int
    requests: int
    seconds: float


def prepare():
    """Compiles the programs: before threads ask for them, since a file that is being written cannot be run."""
    programs.compiled("ledger", FOLDER)
    for name in ("clock", "resolver"):
        programs.compiled(name, FOLDER, shared=True)


def run_row(fault, events, certificates, spool=False):
    """Sends this many events into the fault; with `spool`, they are on disk as well, in a folder of their own."""
    start = time.monotonic()
    with Scene(fault, certificates) as scene, tempfile.TemporaryDirectory(prefix="tpc-faults-") as folder:
        process = _start(fault, events, scene, certificates, {"spool_directory": folder} if spool else {})
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            early = _until_failing(process, scene) if fault.outage_seconds is not None else ""
            output = early + programs.ended(process)
        except AssertionError as error:
            return Result([str(error)[-2000:]], events, 0, time.monotonic() - start)
        finally:
            timer.cancel()
        left = len(pending(folder))
    ledger = Ledger.read(output)
    counters = ledger.counters
    ended = sum(counters[name] for name in ("delivered", "rejected", "expired", "undelivered", "spooled"))
    found = complaints(fault, ledger, scene, events, spool)
    if left != counters["spooled"] - counters["adopted"]:
        found.append(f"{left} events are in the folder; the counters have {counters['spooled']} - {counters['adopted']}")
    return Result(found, abs(events - ended), counters["requests"], time.monotonic() - start)


def _start(fault, events, scene, certificates, spool):
    options = {"report_capacity": events, "ca_file": certificates.ca_file, **fault.options, **spool}
    if spool and "delivery_timeout_ms" in options:
        # What is on disk has a time of its own.
        options["spool_max_age_ms"] = max(1000, options["delivery_timeout_ms"])
    if scene.proxy is not None:
        user = f"{fault.proxy_user}@" if fault.proxy_user else ""
        options["proxy"] = scene.proxy.url.replace("//", f"//{user}")
    environment = programs.environment(scene.url, **options) | fault.environment | {"THE_PROMPTING_COMPANY_LOG": "off"}
    if fault.preload is not None:
        environment["LD_PRELOAD"] = programs.compiled(fault.preload, FOLDER, shared=True)
    outage = fault.outage_seconds or 0
    speed = int(fault.environment.get("TPC_CLOCK_SPEED", "1"))
    arguments = [events, PATIENCE * speed, outage] + ([] if fault.close_ms is None else [fault.close_ms])
    return programs.launch([programs.compiled("ledger", FOLDER), *arguments], environment)


def _until_failing(process, scene):
    """Waits until the sender has met the outage, then opens the server."""
    lines = []
    while not lines or lines[-1] not in ("failing\n", ""):
        lines.append(process.stdout.readline())
    scene.open()
    return "".join(lines)
