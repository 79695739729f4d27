"""The long form: everything under each sanitizer and valgrind, one line each, and the figure last."""

import argparse
import contextlib
import sys

from support.servers.collector_process import CollectorProcess

from . import faults, memcheck
from .sanitizer import sanitizers
from .suites import SCENARIOS, SUITES, run_suite, run_unit_tests


class Findings:
    """Counts what was found, and shows it."""

    def __init__(self):
        self.count = 0

    def add(self, what, found):
        """Prints a line, and below it what was found."""
        print(f"{what}: {f'{len(found)} reports' if found else 'clean'}", flush=True)
        for text in found:
            print(text, flush=True)
        self.count += len(found)


def run_sanitizer(sanitizer, findings):
    """Everything under one of them: the number of unit tests, of scenarios and of other tests."""
    findings.add(f"{sanitizer.name}: faults that it has to report", faults.unseen(sanitizer))
    runs = {"unit tests": run_unit_tests(sanitizer)}
    findings.add(f"{sanitizer.name}: {runs['unit tests'].passed} unit tests", runs["unit tests"].found)
    for suite in SUITES:
        runs[suite.what] = run = run_suite(suite, sanitizer)
        findings.add(f"{sanitizer.name}: {run.passed} {suite.what}", run.found)
    scenarios, units = runs.pop(SCENARIOS.what), runs.pop("unit tests")
    return units.passed, scenarios.passed, sum(run.passed for run in runs.values())


def run_valgrind(findings):
    """The programs, each of them and the driver under the scenarios: how many."""
    with CollectorProcess("--quiet") as collector:
        for row in memcheck.ROWS:
            problem = memcheck.run_row(row, collector)
            findings.add(f"valgrind: {row.name}", [problem] if problem else [])
    count, problems = memcheck.run_scenarios()
    findings.add(f"valgrind: {count} scenarios in C", problems)
    return len(memcheck.ROWS) + 1


def main():
    argparse.ArgumentParser(prog="torture.sanitizers", description=__doc__).parse_args()
    findings = Findings()
    programs = run_valgrind(findings)
    with contextlib.ExitStack() as stack:
        counts = [run_sanitizer(sanitizer, findings) for sanitizer in sanitizers(stack)]
    # As many ran under the one as under the other, but for what passed in neither.
    units, scenarios, others = (min(column) for column in zip(*counts))
    print(f"sanitizers: {units} unit tests, {scenarios // len(SCENARIOS.languages)} scenarios in C, Python and PHP and {others} "
          f"other tests under the thread and the address sanitizer, {programs} programs under valgrind: "
          f"{findings.count} reports")  # fmt: skip
    return 1 if findings.count else 0


if __name__ == "__main__":
    sys.exit(main())
