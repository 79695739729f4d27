"""What a process needs for the sanitized library to be at work in it, and what the sanitizers reported."""

import contextlib
import functools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field

from support.paths import ROOT

FOLDER = pathlib.Path(__file__).resolve().parent
# These fork: a child leaves its parent's memory alone and forgets it, as it has to. Valgrind looks for their parents' leaks.
FORKING = {"fork", "forks", "first_use", "soak", "exit_delivery", "ending"}
# Besides its reports a runtime speaks of itself there.
REPORTS = ("ERROR: ", "WARNING: ThreadSanitizer")


@dataclass
class Sanitizer:
    """One of them, within a `with` block. `runtime` is the middle of its library's name."""

    name: str
    runtime: str
    folder: pathlib.Path = field(default_factory=lambda: pathlib.Path(tempfile.mkdtemp(prefix="tpc-sanitizer-")))

    @property
    def build(self):
        return ROOT / ".build-sanitizers" / self.name

    def __enter__(self):
        (self.folder / "reports").mkdir()
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "cc").symlink_to(FOLDER / "compile")
        leaks = self.folder / "leaks"
        leaks.mkdir()
        for program in _own_programs():
            (leaks / program).write_text("detect_leaks=1\n")
        deep_bind = [self.folder / "dlopen.so", FOLDER / "programs" / "dlopen.c"]
        subprocess.run(["cc", "-shared", "-fPIC", "-o", *deep_bind], check=True)
        return self

    def __exit__(self, kind, error, traceback):
        shutil.rmtree(self.folder)

    def options(self):
        """This machine's environment, and how a runtime reports."""
        options = {"log_path": self.folder / "reports" / "report", "external_symbolizer_path": _toolchain() / "llvm-symbolizer"}
        # Leaks are for our own programs: an interpreter frees little at its end. The order of what is preloaded is meant.
        address = {"detect_leaks": 0, "include_if_exists": self.folder / "leaks" / "%b", "verify_asan_link_order": 0}
        # A child of a process with threads may have some of its own. A process need not stay a second for races at its end,
        # and may end without having joined its threads.
        thread = {"die_after_fork": 0, "atexit_sleep_ms": 20, "report_thread_leaks": 0}
        return {**os.environ, "ASAN_OPTIONS": _joined(options | address), "TSAN_OPTIONS": _joined(options | thread)}

    def environment(self):
        """The environment in which whatever is compiled, and every interpreter, has the sanitizer and its library."""
        runtimes = [_runtime(self.runtime), *self._needed()]
        return {
            **self.options(),
            "TPC_BUILD": str(self.build),
            "TPC_LIBRARY": str(self.build / "lib" / "libtpc.so"),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "LD_PRELOAD": ":".join(map(str, [self.folder / "dlopen.so", *runtimes])),
            "SANITIZER": self.name,
            "SANITIZER_CLANG": str(_toolchain() / "clang"),
            "SANITIZER_LIBRARIES": " ".join(f"{path} -Wl,-rpath,{path.parent}" for path in runtimes),
        }

    def reports(self):
        """What was reported, one text for each process."""
        texts = [file.read_text(errors="replace") for file in sorted((self.folder / "reports").iterdir())]
        return [text for text in texts if any(mark in text for mark in REPORTS)]

    def forget(self):
        for file in (self.folder / "reports").iterdir():
            file.unlink()

    def _needed(self):
        """Swift's thread sanitizer knows of its queues and needs their library."""
        return [_swift_libraries() / "libdispatch.so"] if self.name == "thread" else []


def sanitizers(stack: contextlib.ExitStack):
    """Both of them, until the stack ends."""
    return [stack.enter_context(Sanitizer(name, runtime)) for name, runtime in (("thread", "tsan"), ("address", "asan"))]


def _own_programs():
    sources = {file.stem for pattern in ("library/delivery/programs/*.c", "torture/**/*.c") for file in (ROOT / "Tests").glob(pattern)}
    return (sources | {"driver-c"}) - FORKING


def _joined(options):
    return ":".join(f"{name}={value}" for name, value in options.items())


@functools.lru_cache()
def _toolchain():
    return pathlib.Path(os.path.realpath(shutil.which("swiftc"))).parent


def _runtime(name):
    file = f"libclang_rt.{name}-{platform.machine()}.so"
    found = subprocess.run([_toolchain() / "clang", f"-print-file-name={file}"], check=True, capture_output=True, text=True)
    return pathlib.Path(found.stdout.strip())


@functools.lru_cache()
def _swift_libraries():
    found = subprocess.run(["swiftc", "-print-target-info"], check=True, capture_output=True)
    return pathlib.Path(json.loads(found.stdout)["paths"]["runtimeLibraryPaths"][0])
