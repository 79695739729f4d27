"""Runs `programs/trouble.c`: a host that lowers its limits, closes descriptors, or takes the disk away."""

import errno
import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

from library.delivery import programs

from .hosts import FOLDER, PATIENCE
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
        command = [*prefix, programs.compiled("trouble", FOLDER), *map(str, arguments)]
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
        return Ended(json.loads(output.splitlines()[-1]), set(self._recorder.counts), lines, sorted(self.spool.glob("*/s*")))


def run(*arguments, user=None, prefix=(), variables=None, **options):
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        trouble = Trouble(folder, recorder, user, **options)
        return trouble.ended(trouble.start(*arguments, prefix=prefix, variables=variables))


def namespace():
    """The command before one that mounts something; None where the system allows no mounts."""
    prefix = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*prefix, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
    return prefix if done.returncode == 0 else None


def failing(folder, error):
    """The variables for a disk on which every write fails."""
    count = pathlib.Path(folder) / "count"
    count.write_bytes(bytes(8))
    preload = programs.compiled("failing_disk", FOLDER, shared=True)
    return {"LD_PRELOAD": preload, "DISK_FOLDER": str(folder), "DISK_CALL": "write", "DISK_NUMBER": "40", "DISK_FOREVER": "0",
            "DISK_ERROR": str(error), "DISK_COUNT": str(count)}  # fmt: skip


def run_full():
    """On a file system that is full."""
    prefix = namespace()
    if prefix:
        return run("full", prefix=prefix)
    with tempfile.TemporaryDirectory() as folder:
        return run("full", variables=failing(folder, errno.ENOSPC))
