"""Runs the program with the fuzz targets on their corpus and on what libFuzzer makes of it."""

import os
import pathlib
import re
import resource
import subprocess
import tempfile

from support.paths import ROOT

from . import corpus

BUILD = ROOT / ".build-fuzz"
PROGRAM = BUILD / "fuzz"
FINDS = BUILD / "finds"
# As many inputs as take some three seconds; the default is for what is slow.
RUNS = {"event_json": 40_000, "event_calls": 1_200, "answer": 60_000, "uri": 8_000, "agent": 60_000, "signature": 15_000, "segment": 12_000, "log": 1_500}
SLOW_RUNS = 4_000
# The sender's stack (Sources/TPCCore/Platform/Thread.swift): what recurses on an answer ends there, as it would in a host.
STACK_BYTES = 512 * 1024
# An input is a few KiB: one that takes ten seconds, or 32 MiB in one piece, has found something.
LIMITS = ["-timeout=10", "-malloc_limit_mb=32", "-rss_limit_mb=2048"]


class Run:
    """The result of one run of a target."""

    def __init__(self, target, output, code, find):
        self.target, self.output, self.find = target, output, find
        self.passed = code == 0
        done = re.search(r"Done (\d+) runs", output)
        self.inputs = int(done[1]) if done else 0


def limit_stack():
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def program(target, *arguments, folder=None):
    """Runs the program; returns its exit code and output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING"))}
    environment.update(
        TPC_FUZZ_TARGET=target,
        ASAN_OPTIONS="quarantine_size_mb=32:detect_leaks=1",
        # Swift's own backtrace of a trap takes seconds, and the sanitizer prints one.
        SWIFT_BACKTRACE="enable=no",
    )
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], cwd=folder or ROOT, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, preexec_fn=limit_stack,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(errors="replace")


def fuzz(target, *, seed, seconds=None, runs=None, fresh=None):
    """Fuzzes from the committed corpus on; inputs that reach new code go to `fresh`."""
    FINDS.mkdir(parents=True, exist_ok=True)
    before = set(FINDS.glob(f"{target}-*"))
    bound = [f"-max_total_time={seconds}"] if seconds else [f"-runs={runs or RUNS.get(target, SLOW_RUNS)}"]
    inputs = unpacked(target)
    with tempfile.TemporaryDirectory() as scratch:
        code, output = program(
            target, *LIMITS, *bound, f"-seed={seed}", f"-artifact_prefix={FINDS}/{target}-", fresh or scratch, inputs
        )
    found = sorted(set(FINDS.glob(f"{target}-*")) - before)
    return Run(target, output, code, found[0] if found else None)


def grow(target, fresh):
    """Keeps the fewest inputs that reach all the code which the corpus and `fresh` reach, and those with a comment."""
    with tempfile.TemporaryDirectory() as scratch:
        merging = ["-set_cover_merge=1", "-use_counters=0", "-max_len=1200"]
        code, output = program(target, *merging, scratch, unpacked(target), fresh)
        if code != 0:
            raise SystemExit(output)
        kept = {file.read_bytes(): "" for file in pathlib.Path(scratch).iterdir()}
    explained = {data: comment for data, comment in corpus.read(target).items() if comment}
    corpus.write(target, kept | explained)


def unpacked(target):
    """The folder with the target's corpus, one file for each input."""
    return corpus.unpack(target, BUILD / "corpus" / target)
