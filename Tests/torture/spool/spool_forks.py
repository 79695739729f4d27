"""Runs `programs/spool_forks.c`: processes that fork while the spool is open."""

import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass

from .hosts import PATIENCE, Hosts, compiled
from .recorder import Recorder
from .segments import pending_below


@dataclass
class Arrived:
    """How often each event arrived, by its id, of those that were accepted; and how many were pending while the child lived."""

    counts: dict
    pending: int

    @property
    def once(self):
        return bool(self.counts) and set(self.counts.values()) == {1}


def run_deep():
    """Three generations that track, and close."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        hosts = Hosts(folder, recorder.url)
        command = [compiled("spool_forks"), "deep"]
        done = subprocess.run(command, env=hosts.environment, check=True, capture_output=True, text=True, timeout=PATIENCE)
        said = done.stdout
        return _arrived(said, recorder, pending_below(hosts.spool))


def run_killed(what, way, seconds=PATIENCE):
    """A parent that is killed, with a child that lives on; others take over while it does, for at most the given seconds."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        hosts = Hosts(folder, recorder.url)
        recorder.refuse()
        command = [compiled("spool_forks"), what, way]
        with subprocess.Popen(command, env=hosts.environment, stdout=subprocess.PIPE, text=True) as process:
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("="):
                    break
            child = int(lines.pop()[1:])
            # Its output stays open in the child.
            assert process.wait(PATIENCE) == -signal.SIGKILL
            recorder.accept()
            try:
                hosts.drain(seconds)
                pending = pending_below(hosts.spool)
            finally:
                os.kill(child, signal.SIGKILL)
        hosts.drain()
        return _arrived("".join(lines), recorder, pending)


def _arrived(said, recorder, pending):
    accepted = [line[1:] for line in said.splitlines() if line.startswith("+")]
    return Arrived({name: recorder.counts[name] for name in accepted}, pending)
