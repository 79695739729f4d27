"""Plants small bugs one at a time and says which of them the tests catch: the tests' own test.

Each bug is data in a .toml file beside this one. It is planted in a copy of the tree, and the tests that ought to see it run
first; a bug that these miss meets all the Swift tests, and then, if the library is concerned, its layer's pytest folders. The
figure comes last; the survivors are named with what they break.
"""

import argparse
import re
import sys
import time

from .mutant import all_mutants
from .scratch import Scratch

GOAL = 0.95
# What a bug meets that its own tests miss.
FOLDERS = ["Tests/library/abi", "Tests/library/delivery", "Tests/contract"]
SWIFT_FAILURE = re.compile(r'Test (".*?"|[^\s"]+) (?:recorded an issue|failed)')
PYTEST_FAILURE = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class BrokenRig(Exception):
    """The rig itself does not work, so that a run says nothing about the tests."""


def expect_built(ended, what):
    if ended.code != 0:
        raise BrokenRig(f"{what} does not compile:\n{ended.output[-3000:]}")


def hold_baseline(scratch, paths, has_swift, everything=False):
    """Without a bug everything passes; otherwise each bug would seem to be caught."""
    if has_swift:
        expect_built(scratch.build_tests(), "the tree without a bug")
        expect_passed(scratch.swift())
    if paths:
        expect_built(scratch.build_library(everything), "the library without a bug")
        expect_passed(scratch.pytest(paths))


def expect_passed(ended):
    if ended.code != 0:
        raise BrokenRig(f"the tests fail without a bug:\n{ended.output[-3000:]}")


def catcher(scratch, mutant):
    """The first test of its own, or of the Swift ones, that caught the bug; None when it survived them."""
    with scratch.planted(mutant):
        if mutant.swift:
            expect_built(scratch.build_tests(), mutant.name)
            for suites in [mutant.swift, ""]:
                ended = scratch.swift(suites)
                if ended.code != 0:
                    return failure(ended, SWIFT_FAILURE)
        if mutant.pytest:
            expect_built(scratch.build_library(), mutant.name)
            ended = scratch.pytest(mutant.pytest)
            if ended.code != 0:
                return failure(ended, PYTEST_FAILURE)
    return None


def last_catcher(scratch, mutant):
    """The first test of the library that caught the bug, among all of them; None when it survived."""
    with scratch.planted(mutant):
        expect_built(scratch.build_library(everything=True), mutant.name)
        ended = scratch.pytest(FOLDERS)
        return failure(ended, PYTEST_FAILURE) if ended.code != 0 else None


def failure(ended, pattern):
    """The name of the first test that failed."""
    found = pattern.search(ended.output)
    return found[1] if found else "the tests hung" if ended.code is None else "the tests crashed"


def judge(scratch, mutants, find):
    """Plants each and prints what caught it; returns the survivors. Goes on after one that does not compile, and fails at the end."""
    survivors, broken = [], []
    for mutant in mutants:
        start = time.monotonic()
        try:
            found = find(scratch, mutant)
            survivors += [] if found else [mutant]
            verdict = found or "survived"
        except BrokenRig as error:
            broken.append(mutant.name)
            verdict = error
        print(f"{time.monotonic() - start:6.1f} s  {mutant.name}: {verdict}", flush=True)
    if broken:
        raise BrokenRig(f"these do not compile: {', '.join(broken)}")
    return survivors


def run(scratch, mutants):
    for mutant in mutants:
        mutant.applied(scratch.place)
    paths = sorted({path for mutant in mutants for path in mutant.pytest})
    hold_baseline(scratch, paths, any(mutant.swift for mutant in mutants))
    survivors = judge(scratch, mutants, catcher)
    if survivors:
        print(f"{len(survivors)} meet all tests of the library:", flush=True)
        hold_baseline(scratch, FOLDERS, has_swift=False, everything=True)
        survivors = judge(scratch, survivors, last_catcher)
    return survivors


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", help="only these bugs, by name or by the start of it")
    names = arguments.parse_args().names
    mutants = [mutant for mutant in all_mutants() if not names or mutant.name.startswith(tuple(names))]
    scratch = Scratch()
    scratch.refresh()
    try:
        survivors = run(scratch, mutants)
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
