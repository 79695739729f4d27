"""The tests that run with the sanitized library, as data, and how."""

import re
import subprocess
import sys
from dataclasses import dataclass

from support.paths import ROOT

# A sanitizer's own memory is many times the library's.
MEMORY = "measures memory"


@dataclass(frozen=True)
class Suite:
    """`languages` are those of the scenarios. `without` names the tests that cannot be had under a sanitizer, and why."""

    what: str
    paths: tuple
    languages: tuple = ()
    without: tuple = ()


CONFORMANCE = Suite("scenarios", ("Tests/conformance/test_scenarios.py",), languages=("c", "python", "php"))
SUITES = (
    CONFORMANCE,
    Suite(
        "deliveries",
        ("Tests/delivery",),
        without=(
            ("test_endurance.py::test_a_million_events_at_a_server_that_hangs_hold_up_nobody_and_take_no_memory", MEMORY),
            ("test_guest.py::test_two_hundred_clients_one_after_the_other_leave_nothing_behind", MEMORY),
        ),
    ),
    Suite("forks and exports", ("Tests/torture/forks", "Tests/torture/exports")),
)


@dataclass
class Run:
    """What became of one of them: how many tests passed, and what was found, a text each."""

    passed: int
    found: list


def run_suite(suite, sanitizer):
    deselected = [f"--deselect={path}/{test}" for path in suite.paths for test, _ in suite.without]
    only = ["-k", " or ".join(f"[{language}:" for language in suite.languages)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *only, *deselected, *suite.paths]
    return _run(command, sanitizer.environment(), r"(\d+) passed", sanitizer)


def run_unit_tests(sanitizer):
    """`swift test`, which has the runtime in the tests themselves."""
    # XCTest, which has no test here, loses memory of its own.
    command = ["swift", "test", "--disable-xctest", f"--sanitize={sanitizer.name}"]
    scratch = ["--scratch-path", f".build-{sanitizer.name}"]
    return _run([*command, *scratch], sanitizer.options(), r"Test run with (\d+) tests .*passed", sanitizer)


def _run(command, environment, count, sanitizer):
    sanitizer.forget()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False
    )
    passed = re.findall(count, done.stdout)
    is_over = done.returncode == 0 and passed
    problems = [] if is_over else [f"{' '.join(map(str, command))}: exit code {done.returncode}:\n{done.stdout[-6000:]}"]
    return Run(int(passed[-1]) if passed else 0, [*sanitizer.reports(), *problems])
