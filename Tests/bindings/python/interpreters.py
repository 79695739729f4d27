# SPDX-License-Identifier: Apache-2.0
"""The Pythons of this machine that the package is for, one of each version, and the one that runs the tests."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys

SUPPORTED = [(3, minor) for minor in range(8, 14)]
VERSION = "import sys; print(*sys.version_info[:2])"


@functools.lru_cache(maxsize=None)
def all_found():
    """The interpreters by their version, such as {"3.8": path}."""
    found = {_version(sys.executable): sys.executable}
    for candidate in [*_of_pyenv(), *_of_path()]:
        version = _version(candidate)
        if version in SUPPORTED:
            found.setdefault(version, candidate)
    return {f"{major}.{minor}": str(path) for (major, minor), path in sorted(found.items())}


def _of_pyenv():
    roots = [os.environ.get("PYENV_ROOT")]
    if shutil.which("pyenv"):
        roots.append(subprocess.run(["pyenv", "root"], capture_output=True, text=True).stdout.strip())
    for root in filter(None, roots):
        yield from sorted(pathlib.Path(root).glob("versions/*/bin/python"))


def _of_path():
    for major, minor in SUPPORTED:
        path = shutil.which(f"python{major}.{minor}")
        if path:
            yield path


def _version(interpreter):
    """Its version; None for a program that does not run, such as pyenv's stand-ins for versions that are not chosen."""
    done = subprocess.run([str(interpreter), "-c", VERSION], capture_output=True, text=True)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None
