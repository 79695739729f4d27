"""Runs `programs/rare.c`: moments in which the spool's threads meet, and senders that are killed as soon as they begin."""

import json
import pathlib
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass

from library.delivery import programs

from .hosts import PATIENCE, compiled
from .recorder import Recorder
from .segments import pending_below

LIVES = 6
LIFE_SECONDS = 0.7


@dataclass
class Ended:
    """`said` are the host's counters, one after the other; `pending` is how many events are left in the spool."""

    said: list
    pending: int
    files: list


class Rare:
    def __init__(self, folder, url, **options):
        self.spool = pathlib.Path(folder) / "spool"
        self._url, self._options = url, options

    def start(self, *arguments, preloads=False, variables=None, **options):
        given = {"spool_directory": self.spool, "log_level": "off"} | self._options | options
        environment = programs.environment(self._url, **given) | (variables or {})
        if preloads:
            environment["LD_PRELOAD"] = compiled("rare_moments", shared=True)
        command = [compiled("rare"), *map(str, arguments)]
        return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ended(self, process, told=""):
        output, _ = process.communicate(told, timeout=PATIENCE)
        files = sorted(file.name for file in self.spool.glob("*/s*.*"))
        return Ended([json.loads(line) for line in output.splitlines()], pending_below(self.spool), files)


def run(case, preloads=False, variables=None, **options):
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        rare = Rare(folder, recorder.url, **options)
        return rare.ended(rare.start(case, preloads=preloads, variables=variables))


def run_without_server(case, preloads=False, variables=None, **options):
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder:
        rare = Rare(folder, "http://127.0.0.1:9", **options)
        return rare.ended(rare.start(case, preloads=preloads, variables=variables))


def run_rewound():
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        rare = Rare(folder, recorder.url)
        process = rare.start("rewound", preloads=True)
        first = json.loads(process.stdout.readline())
        recorder.refuse()
        ended = rare.ended(process, "go\n")
        return Ended([first, *ended.said], ended.pending, ended.files)


def run_killed_senders(events):
    """A process writes the events; each of the others begins to send, at a server that does not answer, and is killed."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        rare = Rare(folder, f"http://127.0.0.1:{server.getsockname()[1]}", spool_sender="shared")
        rare.ended(rare.start("tracks", events, spool_sender="never"))
        for _ in range(LIVES):
            process = rare.start("tracks", 1, "waits")
            time.sleep(LIFE_SECONDS)
            process.kill()
            ended = rare.ended(process)
        return ended
