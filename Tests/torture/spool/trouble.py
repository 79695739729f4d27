"""Runs `programs/trouble.c`: a host that lowers its limits, closes descriptors, or takes the disk away."""

import errno
import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

from library.delivery import programs

from .disk_faults import failing_disk
from .hosts import PATIENCE, Hosts, compiled, wait_until
from .recorder import Recorder

NOBODY = 65534


@dataclass
class Ended:
    """`counters` are the host's, `arrived` the ids, `lines` the log's about the spool, `left` the spool's files."""

    counters: dict
    arrived: set
    lines: list
    left: list


class Trouble:
    """One host on a spool of its own. As `user`, a number, when that is given; only root may say so."""

    def __init__(self, folder, recorder, user=None, **options):
        self._recorder, self._user = recorder, user
        self.spool = pathlib.Path(folder) / "spool"
        self.spool.mkdir(mode=0o700)
        os.chmod(folder, 0o711)
        if user is not None:
            os.chown(self.spool, user, user)
        self._environment = programs.environment(recorder.url, spool_directory=self.spool, **options)

    def start(self, *arguments, prefix=(), variables=None):
        command = [*prefix, compiled("trouble"), *map(str, arguments)]
        # The program's folder is the tests' alone.
        for part in pathlib.Path(command[len(prefix)]).parents[:2]:
            os.chmod(part, 0o711)
        return subprocess.Popen(command, env=self._environment | (variables or {}), user=self._user, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip

    def ended(self, process):
        """Fails unless it ended well."""
        output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, f"{process.args} ended with {process.returncode}: {errors}"
        lines = [line for line in errors.splitlines() if "spool_directory" in line]
        return Ended(json.loads(output.splitlines()[-1]), set(self._recorder.counts), lines, self.files())

    def files(self):
        return sorted(self.spool.glob("*/s*"))


def run(*arguments, user=None, prefix=(), **options):
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        trouble = Trouble(folder, recorder, user, **options)
        return trouble.ended(trouble.start(*arguments, prefix=prefix))


def run_full_spool():
    """With a server that is not there until the spool is full."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        trouble = Trouble(folder, recorder, spool_max_bytes=1 << 20, retry_max_ms=200)
        recorder.refuse()
        process = trouble.start("slots")
        assert process.stdout.readline() == "full\n"
        recorder.accept()
        process.stdin.write("go\n")
        return trouble.ended(process)


def run_drained(*arguments):
    """Afterwards, others take over what is left."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        trouble = Trouble(folder, recorder)
        ended = trouble.ended(trouble.start(*arguments))
        Hosts(folder, recorder.url).drain()
        return Ended(ended.counters, set(recorder.counts), ended.lines, trouble.files())


def run_after_a_killed_one(*arguments):
    """Another host was killed and left a little, which this one goes on with. There is no server before it has ended."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        recorder.refuse()
        trouble = Trouble(folder, recorder)
        hosts = Hosts(folder, recorder.url)
        killed = hosts.start("C", 0, 300)
        assert wait_until(lambda: hosts.said().kept)
        killed.kill()
        killed.wait(PATIENCE)
        ended = trouble.ended(trouble.start(*arguments))
        recorder.accept()
        hosts.drain()
        return Ended(ended.counters, set(recorder.counts), ended.lines, trouble.files())


def namespace():
    """The command before one that mounts something; None where the system allows no mounts."""
    prefix = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*prefix, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
    return prefix if done.returncode == 0 else None


def run_mounted(case, error):
    """With a disk of its own; where the system allows no mounts, with one whose calls fail as they would there."""
    prefix = namespace()
    if prefix:
        return run(case, prefix=prefix)
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        trouble = Trouble(folder, recorder)
        fault = ("write", error, 50, False) if error == errno.ENOSPC else ("open", error)
        variables = failing_disk(folder, trouble.spool, *fault)
        return trouble.ended(trouble.start(f"as-if-{case}", variables=variables))
