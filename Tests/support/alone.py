"""What the workers of one run of the tests do one after the other: whatever writes to the tree."""

import contextlib
import fcntl
import subprocess

from .paths import ROOT


@contextlib.contextmanager
def alone():
    """No other worker is in such a block. A process that ends leaves it, however it ends."""
    with open(ROOT / "Makefile", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make(*arguments):
    """Brings a target up to date. In a run of `make test` there is nothing left to do."""
    with alone():
        subprocess.run(["make", "-s", "-C", ROOT, *arguments], check=True, timeout=900)
