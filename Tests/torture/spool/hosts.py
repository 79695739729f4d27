"""The hosts of the rigs, and what they said: `programs/host.c` and what does the same in other languages."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from library.delivery import programs
from support.paths import LIBRARY, ROOT

from .segments import pending_below

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
PATIENCE = 60
IN_FLIGHT = 8
BOOKS = ("delivered", "rejected", "expired", "abandoned", "pending", "spooled")
VARIABLES = {
    "C": {},
    "Python": {"TPC_LIBRARY": str(LIBRARY), "PYTHONPATH": str(ROOT / "bindings/python")},
    "PHP": {"TPC_LIBRARY": str(LIBRARY), "TPC_PHP_AUTOLOAD": str(ROOT / "bindings/php/autoload.php")},
}
LANGUAGES = tuple(VARIABLES)


_compiling = threading.Lock()


def compiled(name, **more):
    """A program of this folder's; for several threads."""
    with _compiling:
        return programs.compiled(name, FOLDER, **more)


def command(language):
    if language == "C":
        return [compiled("host")]
    if language == "Python":
        return [sys.executable, FOLDER / "host.py"]
    return ["php", "-d", "ffi.enable=true", FOLDER / "host.php"]


@dataclass
class Said:
    """What all hosts of a folder said. `kept` and `unkept` are ids: of events in the spool, and of others; `books` are counters."""

    kept: set = field(default_factory=set)
    unkept: set = field(default_factory=set)
    books: list = field(default_factory=list)

    @property
    def unbalanced(self):
        return [book for book in self.books if book["accepted"] + book["adopted"] != sum(book[name] for name in BOOKS)]


class Hosts:
    """Starts hosts on one spool; what they say goes to one file, which outlives them. `options` are the clients'."""

    def __init__(self, folder, url, **options):
        self.folder = pathlib.Path(folder)
        self.spool = self.folder / "spool"
        standard = {"spool_directory": self.spool, "max_connections": IN_FLIGHT, "queue_max_events": 500, "retry_max_ms": 200}
        self.environment = programs.environment(url, **(standard | options))
        self._said = self.folder / "said"
        self._said.touch()
        self._log = self.folder / "log"
        self._started = 0

    def start(self, language="C", *arguments, variables=None, **options):
        """`variables` of the environment and `options` are those of this one."""
        self._started += 1
        name = f"{language}{self._started}"
        changed = {f"TPC_{option.upper()}": str(value) for option, value in options.items()}
        with self._said.open("ab") as said, self._log.open("ab") as log:
            process = subprocess.Popen(
                list(map(str, [*command(language), name, *arguments])),
                env=self.environment | VARIABLES[language] | changed | (variables or {}),
                stdin=subprocess.DEVNULL, stdout=said, stderr=log,
            )  # fmt: skip
        return process

    def said(self):
        """Raises AssertionError for any other line."""
        said = Said()
        for line in self._said.read_text(encoding="utf-8").splitlines():
            assert line[:1] in ("+", "~", "="), line
            if line[0] == "=":
                said.books.append(json.loads(line[1:]))
            else:
                (said.kept if line[0] == "+" else said.unkept).add(line[1:])
        return said

    def log_lines(self):
        return self._log.read_text(encoding="utf-8").splitlines() if self._log.exists() else []

    def files(self):
        """The segments."""
        return sorted(self.spool.glob("*/s*.tpc1"))

    def drain(self, seconds=PATIENCE, at_once=2):
        """
        Starts hosts that take over what the others left, until nothing is left, or for as long as that goes on. Returns whether
        nothing is left.
        """
        deadline, least = time.monotonic() + seconds, pending_below(self.spool)
        while self.files() and time.monotonic() < deadline:
            drains = [self.start("C", 0, 500, spool_sender="self") for _ in range(at_once)]
            while time.monotonic() < deadline and not self._is_drained_but_for(at_once):
                time.sleep(0.1)
                pending = pending_below(self.spool)
                if pending < least:
                    deadline, least = time.monotonic() + seconds, pending
            for one in drains:
                end(one)
        return not self.files()

    def _is_drained_but_for(self, count):
        """Whether the last `count` of the hosts are at work, with a segment each, and nothing is left besides."""
        said = self._said.read_text(encoding="utf-8")
        have_begun = all(f"C{self._started - number}-0\n" in said for number in range(count))
        return have_begun and len(self.files()) <= count and pending_below(self.spool) == 0


def wait_until(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def end(process):
    """Ends a host in order; one that has only just begun has no handler yet, and ends at once."""
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
    assert process.wait() in (0, -signal.SIGTERM), f"{process.args[-2:]} ended with {process.returncode}"


def held(process):
    """The descriptors of a running process, and its resident memory in KiB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return len(os.listdir(f"/proc/{process.pid}/fd")), resident
