# SPDX-License-Identifier: Apache-2.0
"""The C libraries of other systems, out of Debian's packages, and how a program runs with them on this machine."""

import functools
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
CACHE = ROOT / ".build-packages"
BUILD = ROOT / "build" / "self-contained"
TARGETS = ("x86_64-linux-gnu", "aarch64-linux-gnu", "x86_64-linux-musl", "aarch64-linux-musl")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

sys.path.insert(0, str(ROOT / "packaging" / "self-contained"))

import sources  # noqa: E402


def library(target):
    return BUILD / target / "lib" / "libtpc.so"


def tool(target):
    return BUILD / target / "bin" / "tpc-events"


def has(target, kind):
    """The tool is one static file, for any C library: musl is inside."""
    return kind == "library" or target.endswith("musl")


def prefix(target):
    """What runs a program of this processor here."""
    processor = target.partition("-")[0]
    return [] if processor == platform.machine() else [f"qemu-{processor}-static"]


@functools.lru_cache(maxsize=None)
def root(target):
    """A folder with the target's C library and its loader; None where this machine has it itself."""
    processor, _, system = target.partition("-")
    if system == "linux-gnu" and processor == platform.machine():
        return None
    folder = CACHE / "roots" / target
    if not (folder / "unpacked").exists():
        package = "musl" if system == "linux-musl" else "libc6"
        archive = sources.binary_package(CACHE, package, ARCHITECTURES[processor], folder)
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True)
        # Where programs name the loader: Debian's packages have it in usr/lib.
        if not (folder / "lib").exists():
            (folder / "lib").symlink_to("usr/lib")
        (folder / "unpacked").touch()
    return folder


def compiled(target, source, output, *flags):
    """Compiles a C program for a target, against its self-contained library; returns the command that runs it."""
    cc = CACHE / target / "bin" / "cc"
    where = library(target).parent
    found = root(target)
    loader = f"-Wl,-rpath,{where}"
    subprocess.run([cc, "-dynamic", "-O1", "-o", output, source, *flags, f"-I{ROOT / 'include'}", where / "libtpc.so.0", loader], check=True)
    if found is None:
        return [str(output)]
    if prefix(target):
        return [*prefix(target), "-L", str(found), str(output)]
    (interpreter,) = (found / "lib").glob("ld-musl-*.so.1")
    return [str(interpreter), str(output)]
