"""The long form: each fuzz target in turn, one line each, and the figure last.

An input that breaks something is left in .build-fuzz/finds/. Take it into the corpus with --add, and add a plain test beside the
code that was mended.
"""

import argparse
import pathlib
import sys
import tempfile

from . import corpus
from .run import fuzz, grow


def main():
    given = arguments()
    if given.add:
        file, comment = given.add
        (target,) = given.target
        corpus.write(target, {**corpus.read(target), pathlib.Path(file).read_bytes(): comment})
        return 0
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


def arguments():
    parser = argparse.ArgumentParser(prog="torture.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, help="how long each target runs; 600 without it")
    parser.add_argument("--runs", action="store_true", help="a fixed number of inputs a target instead: quick, and the same each time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--grow", action="store_true", help="take inputs that reach new code into the corpus")
    parser.add_argument("--add", nargs=2, metavar=("FILE", "COMMENT"), help="take one input into the corpus of the one target named")
    parser.add_argument("target", nargs="*", default=corpus.TARGETS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
