"""Lets each call on the spool's files fail in turn, while a host tracks and delivers, dies, or takes over what another left."""

import errno
import pathlib
import struct
import tempfile
from dataclasses import dataclass

from .hosts import PATIENCE, Hosts, compiled, end, wait_until
from .recorder import Recorder

# Errors of each call; 0 is one that does half of its work.
CALLS = {
    "write": (errno.EIO, errno.ENOSPC, errno.EINTR, 0),
    "read": (errno.EIO, errno.EINTR, 0),
    "open": (errno.EMFILE, errno.EACCES, errno.EINTR),
    "lock": (errno.EAGAIN, errno.EINVAL, errno.ENOLCK),
    "duplicate": (errno.EMFILE,),
    "look": (errno.EIO,),
    "space": (errno.EIO,),
    "mode": (errno.EPERM,),
    "remove": (errno.EIO, errno.EROFS),
    "folder": (errno.EROFS, errno.ENOSPC),
    "sync": (errno.EIO,),
    "list": (errno.ENOMEM,),
    "entry": (errno.EIO,),
    "rename": (errno.EIO,),
}
EVENTS = 12


@dataclass(frozen=True)
class Fault:
    call: str
    error: int
    number: int
    is_forever: bool

    def __str__(self):
        error = errno.errorcode.get(self.error, "half")
        return f"{self.call} {self.number}{' and later' if self.is_forever else ''}: {error}"


def failing_disk(folder, spool, call, error, number=1, is_forever=True):
    """The variables for a process some of whose calls on the spool fail. The folder gets the file that counts them."""
    count = pathlib.Path(folder) / "count"
    count.write_bytes(bytes(8))
    given = {"folder": spool, "call": call, "number": number, "forever": int(is_forever), "error": error, "count": count}
    preload = {"LD_PRELOAD": compiled("failing_disk", shared=True)}
    return preload | {f"DISK_{name.upper()}": str(value) for name, value in given.items()}


class Disk:
    """One host after the other on a spool, some with calls that fail."""

    def __init__(self, folder, recorder, fault):
        self._folder, self._fault, self.recorder = pathlib.Path(folder), fault, recorder
        self.hosts = Hosts(folder, recorder.url, spool_sync="interval")

    @property
    def calls(self):
        """How often the call was made by the host whose calls fail."""
        return struct.unpack("<Q", (self._folder / "count").read_bytes())[0]

    def failing(self, *arguments):
        fault = self._fault
        variables = failing_disk(self._folder, self.hosts.spool, fault.call, fault.error, fault.number, fault.is_forever)
        return self.hosts.start("C", *arguments, variables=variables)

    def dies(self, process):
        """Kills a host that tracks, at a server that refuses it."""
        wait_until(lambda: len(self.hosts.said().kept | self.hosts.said().unkept) >= EVENTS)
        process.kill()
        process.wait()
        self.recorder.accept()


# The scenes: each starts one host whose calls fail.


def delivers(disk):
    process = disk.failing(EVENTS, 5)
    assert process.wait(PATIENCE) == 0, f"ended with {process.returncode}: {disk.hosts.log_lines()}"


def dies(disk):
    disk.recorder.refuse()
    disk.dies(disk.failing(0, 5))


def takes_over(disk):
    disk.recorder.refuse()
    disk.dies(disk.hosts.start("C", 0, 5))
    left = disk.hosts.said().kept
    process = disk.failing(0, 100)
    # It looks within five seconds. Where it cannot, the next one does.
    wait_until(lambda: left <= set(disk.recorder.counts), seconds=6)
    end(process)


SCENES = (delivers, dies, takes_over)


def complaints(scene, fault):
    """What went wrong in a scene, and how often the call was made."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        disk = Disk(folder, recorder, fault)
        try:
            scene(disk)
        except AssertionError as error:
            return [str(error)], disk.calls
        is_drained = disk.hosts.drain(20)
        said, found = disk.hosts.said(), []
        promised = said.kept if scene is dies else said.kept | said.unkept
        missing = sorted(promised - set(recorder.counts))
        if missing:
            found.append(f"{len(missing)} of {len(promised)} are lost: {missing[:3]}")
        if not is_drained:
            found.append(f"not drained: {[file.name for file in disk.hosts.files()]}")
        found += [f"unbalanced: {book}" for book in said.unbalanced]
        found += [f"set aside: {file.name}" for file in disk.hosts.spool.glob("*/*.bad")]
        # A machine that is busy makes any disk slow.
        lines = [line for line in disk.hosts.log_lines() if "spool_directory" in line and "slow" not in line]
        if len([line for line in lines if "memory" in line]) > 1:
            found.append(f"{len(lines)} lines: {lines[:3]}")
        return found, disk.calls
