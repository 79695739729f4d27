"""Runs the fuzz targets on their corpus and on what libFuzzer makes of it, one after the other.

    run.py [--seconds N | --runs] [--seed N] [--grow] [target...]

--runs does the quick, replayable form: a fixed number of inputs a target. An input that breaks something is left in
.build-fuzz/finds/; add it to the corpus and a plain test beside the mended code. --grow takes inputs that reach new code
into the corpus. The last line is the figure.
"""

import argparse
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = ROOT / ".build-fuzz" / "fuzz"
CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
FINDS = ROOT / ".build-fuzz" / "finds"
TARGETS = sorted(folder.name for folder in CORPUS.iterdir() if folder.is_dir())
# As many inputs as take some three seconds; the default is for what is slow.
RUNS = {"event_json": 40_000, "answer": 60_000, "uri": 20_000, "agent": 60_000}
SLOW_RUNS = 4_000
# The sender's stack (Sources/TPCCore/Platform/Thread.swift): what recurses on an answer ends there, as it would in a host.
STACK_BYTES = 512 * 1024
# An input is a few KiB: one that takes ten seconds, or 32 MiB in one piece, has found something.
LIMITS = ["-timeout=10", "-malloc_limit_mb=32", "-rss_limit_mb=2048"]


class Run:
    """What one run of a target came to."""

    def __init__(self, target, output, code, find):
        self.target, self.output, self.find = target, output, find
        self.passed = code == 0
        done = re.search(r"Done (\d+) runs", output)
        self.inputs = int(done[1]) if done else 0


def limit_stack():
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))


def program(target, *arguments, folder=None):
    """Runs the program; returns its exit code and what it said."""
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
    with tempfile.TemporaryDirectory() as scratch:
        code, output = program(
            target, *LIMITS, *bound, f"-seed={seed}", f"-artifact_prefix={FINDS}/{target}-", fresh or scratch, CORPUS / target
        )
    found = sorted(set(FINDS.glob(f"{target}-*")) - before)
    return Run(target, output, code, found[0] if found else None)


def grow(target, fresh):
    """Keeps the fewest inputs that reach all the code which the corpus and `fresh` reach."""
    with tempfile.TemporaryDirectory() as scratch:
        code, output = program(target, "-set_cover_merge=1", "-use_counters=0", "-max_len=1200", scratch, CORPUS / target, fresh)
        if code != 0:
            raise SystemExit(output)
        kept = {file.name: file.read_bytes() for file in pathlib.Path(scratch).iterdir()}
    for file in (CORPUS / target).iterdir():
        # What a person has named is kept for what it found, whether it reaches new code or not.
        if re.fullmatch(r"[0-9a-f]{40}", file.name):
            file.unlink()
    for name, data in kept.items():
        (CORPUS / target / name).write_bytes(data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--runs", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--grow", action="store_true")
    parser.add_argument("target", nargs="*", default=TARGETS)
    given = parser.parse_args()
    done = []
    for target in given.target:
        with tempfile.TemporaryDirectory() as fresh:
            seconds = None if given.runs else given.seconds or 600
            run = fuzz(target, seed=given.seed, seconds=seconds, fresh=fresh)
            if given.grow and run.passed:
                grow(target, fresh)
        done.append(run)
        print(f"{target}: {run.inputs:,} inputs, {'nothing found' if run.passed else f'found {run.find}'}", flush=True)
        if not run.passed:
            print(run.output[-4000:], flush=True)
    finds = sum(not run.passed for run in done)
    print(f"fuzzing with seed {given.seed}: {len(done)} targets, {sum(run.inputs for run in done):,} inputs, {finds} finds")
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
