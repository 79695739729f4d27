#!/usr/bin/env python3
"""Plants small bugs one at a time and says which of them the tests catch: the tests' own test.

Each bug is data in a .toml file beside this one. It is planted in a copy of the tree, and the tests that ought to see it run
first; a bug that these miss meets all the Swift tests, and then, if the library is concerned, its layer's pytest folders. The
figure comes last; the survivors are named with what they break.
"""

import argparse
import sys
import time
from pathlib import Path

if not __package__:
    # Run as a program rather than imported.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    __package__ = "torture.mutants"

from .mutant import all_mutants
from .scratch import Scratch

GOAL = 0.95
# What a bug meets that its own tests miss.
FOLDERS = ["Tests/abi", "Tests/delivery", "Tests/conformity"]


class BrokenRig(Exception):
    """The rig itself does not work: nothing can be said about the tests."""


def expect_built(ended, what):
    if ended.code != 0:
        raise BrokenRig(f"{what} does not compile:\n{ended.output[-3000:]}")


def hold_baseline(scratch, mutants):
    """Without a bug everything passes; otherwise each bug would seem to be caught."""
    expect_built(scratch.build_tests(), "the tree without a bug")
    ended = scratch.swift()
    if ended.code != 0:
        raise BrokenRig(f"the Swift tests fail without a bug:\n{ended.output[-3000:]}")
    paths = sorted({path for mutant in mutants for path in mutant.pytest})
    if not paths:
        return
    expect_built(scratch.build_library(), "the library without a bug")
    ended = scratch.pytest(paths)
    if ended.code != 0:
        raise BrokenRig(f"the tests fail without a bug:\n{ended.output[-3000:]}")


def catcher(scratch, mutant):
    """Which tests caught the bug; None when it survived."""
    with scratch.planted(mutant):
        if mutant.swift:
            expect_built(scratch.build_tests(), mutant.name)
            if scratch.swift(mutant.swift).code != 0:
                return mutant.swift
            if scratch.swift().code != 0:
                return "another Swift test"
        expect_built(scratch.build_library(), mutant.name)
        if mutant.pytest and scratch.pytest(mutant.pytest).code != 0:
            return mutant.pytest[0] if len(mutant.pytest) == 1 else f"{mutant.pytest[0]}, …"
        return "another test" if scratch.pytest(FOLDERS).code != 0 else None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", help="only these bugs, by name or by the start of it")
    names = arguments.parse_args().names
    mutants = [mutant for mutant in all_mutants() if not names or mutant.name.startswith(tuple(names))]
    scratch = Scratch()
    scratch.refresh()
    survivors = []
    try:
        for mutant in mutants:
            mutant.applied()
        hold_baseline(scratch, mutants)
        for mutant in mutants:
            start = time.monotonic()
            found = catcher(scratch, mutant)
            if not found:
                survivors.append(mutant)
            print(f"{time.monotonic() - start:6.1f} s  {mutant.name}: {found or 'SURVIVED'}", flush=True)
    except (BrokenRig, ValueError) as error:
        print(f"mutants: broken: {error}")
        return 2
    for mutant in survivors:
        print(f"survived: {mutant.name} ({mutant.file}): {mutant.breaks}")
    caught = len(mutants) - len(survivors)
    print(f"mutants: {caught} of {len(mutants)} caught")
    return 0 if mutants and caught >= GOAL * len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
