# SPDX-License-Identifier: Apache-2.0
"""The drivers, one small program for each language, and how they are built, started and spoken to."""

import contextlib
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Callable

from support import swift_programs
from support.paths import LIBRARY, ROOT

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
# For a machine that does a lot besides; nothing is expected to take as long.
PATIENCE_SECONDS = 60


def _compiled_c(library):
    output = library.parent / "driver-c"
    flags = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}"]
    links = [str(library), f"-Wl,-rpath,{library.parent}", "-ljansson"]
    subprocess.run(["cc", *flags, "-o", str(output), str(FOLDER / "driver.c"), *links], check=True)
    return [str(output)]


def _compiled_swift(library):
    return [str(swift_programs.built(FOLDER / "swift", "scenario-driver"))]


@dataclass
class Language:
    """One language's driver: the command that starts it, from the library's path, and what its `sdk` says about it."""

    name: str
    command: Callable
    sdk_name: str
    runtime: str
    # Whether it has only the scenarios that `compiled.py` says.
    is_compiled: bool = False

    @property
    def sdk(self):
        """As regular expressions."""
        return {"name": self.sdk_name, "version": r"\d+\.\d+\.\d+", "runtime": self.runtime}


# C once more, with web requests as texts rather than as JSON: only for the scenarios that have some.
TEXTS = Language("c texts", lambda library: [*_compiled_c(library), "texts"], "libtpc", "c")
LANGUAGES = (
    Language("c", _compiled_c, "libtpc", "c"),
    Language("swift", _compiled_swift, "libtpc", "swift", is_compiled=True),
    Language("python", lambda library: [sys.executable, str(FOLDER / "driver.py")], "tpc-events", r"python/3\.\d+"),
    Language("node", lambda library: ["node", "--expose-gc", str(FOLDER / "driver.mjs")], "tpc-events", r"node/\d+"),
    Language("php", lambda library: ["php", str(FOLDER / "driver.php")], "tpc-events", r"php/8\.\d+"),
)


class DriverError(AssertionError):
    """A driver that died, hung or wrote something other than an answer."""


class Driver:
    """A running driver. `environment` has the variables that the library is to see besides this machine's."""

    def __init__(self, language, command, library, environment=None):
        self.language = language
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING"))}
        # The library under test, for those who load it by name and for those who link it.
        kept |= {"TPC_LIBRARY": str(library), "LD_LIBRARY_PATH": str(pathlib.Path(library).parent)}
        self._errors = tempfile.TemporaryFile()
        self._errors_begin = 0
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**kept, **(environment or {})},
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self._read = b""

    def ask(self, **request):
        """The answer to one call. Raises DriverError, with what the driver wrote to its standard error."""
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._failed(f"died before {request['call']}") from None
        line = self._line(request)
        try:
            answer = json.loads(line)
        except ValueError:
            raise self._failed(f"answered {request['call']} with text that is not JSON: {line!r}") from None
        if not isinstance(answer, dict) or (answer.get("ok") is not True) == ("error" not in answer):
            raise self._failed(f"answered {request['call']} with neither ok nor error: {answer}")
        return answer

    def errors(self):
        """What it wrote to its standard error since the last `begin`; empty once it was ended."""
        if self._errors.closed:
            return ""
        length = os.fstat(self._errors.fileno()).st_size - self._errors_begin
        return os.pread(self._errors.fileno(), length, self._errors_begin).decode("utf-8", "replace")

    def begin(self):
        """A new scenario begins."""
        self._errors_begin = os.fstat(self._errors.fileno()).st_size

    def stop(self):
        """Ends it as the end of its input does. Raises DriverError unless it then ends by itself, with exit code 0."""
        self.process.stdin.close()
        try:
            code = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise self._failed("does not end with its input") from None
        if code != 0:
            raise self._failed(f"ended with exit code {code}")
        self._close()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self._errors.close()

    def _line(self, request):
        deadline = time.monotonic() + PATIENCE_SECONDS + max(0, request.get("timeout_ms", 0)) / 1000
        output = self.process.stdout
        while b"\n" not in self._read:
            ready, _, _ = select.select([output], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise self._failed(f"hangs in {request['call']}")
            piece = os.read(output.fileno(), 1 << 16)
            if not piece:
                raise self._failed(f"died in {request['call']}, exit code {self.process.wait(PATIENCE_SECONDS)}")
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _failed(self, what):
        text = self.errors()
        self.kill()
        return DriverError(f"the driver of {self.language.name} {what}; it wrote:\n{text or '(nothing)'}")


class Drivers:
    """The drivers of a test run: each is built once, and one process of it serves every scenario that it can.

    They use a copy of the library, which stays the same while somebody builds.
    """

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tpc-scenarios-")
        self.library = pathlib.Path(self._folder.name) / "libtpc.so.0"
        shutil.copy(LIBRARY, self.library)
        self._commands = {}
        self._running = {}

    def start(self, language, environment=None):
        """A new process."""
        if language.name not in self._commands:
            self._commands[language.name] = language.command(self.library)
        return Driver(language, self._commands[language.name], self.library, environment)

    def running(self, language):
        """The process that scenarios without an environment of their own share."""
        if language.name not in self._running:
            self._running[language.name] = self.start(language)
        return self._running[language.name]

    def forget(self, driver):
        """Ends a process that may be left in any state; the next scenario gets another."""
        driver.kill()
        self._running = {name: running for name, running in self._running.items() if running is not driver}

    def stop(self):
        """Ends all of them, as the end of their input does."""
        try:
            while self._running:
                self._running.popitem()[1].stop()
        finally:
            for driver in self._running.values():
                driver.kill()
            self._folder.cleanup()
