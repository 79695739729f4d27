"""The tests that run with the sanitized library, as data, and how."""

import re
import subprocess
import sys
from dataclasses import dataclass

from support.paths import ROOT

BOTH, THREAD = ("thread", "address"), ("thread",)
# Tests that cannot run, under which sanitizer, and why.
WITHOUT = (
    (
        "Tests/library/delivery/test_endurance.py::test_a_million_events_at_a_server_that_hangs_hold_up_nobody_and_take_no_memory",
        BOTH,
        "measures memory, of which a sanitizer takes many times the library's",
    ),
    (
        "Tests/library/delivery/test_guest.py::test_two_hundred_clients_one_after_the_other_leave_nothing_behind",
        BOTH,
        "measures memory",
    ),
    *(
        (f"Tests/library/delivery/test_guest.py::{test}", THREAD, "counts threads, and the sanitizer has one of its own")
        for test in (
            "test_the_host_keeps_handlers_mask_environment_locale_directory_and_errno",
            "test_the_host_keeps_them_with_http2_too",
            "test_a_name_that_has_to_be_resolved_leaves_nothing_open_either",
        )
    ),
    (
        "Tests/torture/forks/test_forks.py::test_a_process_may_fork_or_end_while_another_thread_makes_its_first_client[fork]",
        BOTH,
        "the sanitizer's own handler holds the fork up, so that the library's is now and then registered too late: see late_fork.c",
    ),
    *(
        (f"Tests/torture/forks/test_forks.py::{test}", BOTH, "has a malloc of its own")
        for test in (
            "test_a_child_can_make_a_client_whatever_step_of_another_threads_first_one_it_was_forked_at",
            "test_a_child_may_be_forked_while_another_thread_registers_a_handler_for_exit",
            "test_a_child_that_was_forked_during_libcurls_setup_is_refused_and_does_not_hang",
        )
    ),
)


@dataclass(frozen=True)
class Suite:
    """`languages` are those of the scenarios; without, a suite is run as a whole."""

    what: str
    paths: tuple
    languages: tuple = ()


SCENARIOS = Suite("scenarios", ("Tests/scenarios/test_scenarios.py",), languages=("c", "python", "php"))
SUITES = (
    SCENARIOS,
    Suite("deliveries", ("Tests/library/delivery",)),
    Suite("forks and exports", ("Tests/torture/forks", "Tests/torture/exports")),
)


@dataclass
class Run:
    """The result of one suite: how many tests passed, and what was found, one text each."""

    passed: int
    found: list


def run_suite(suite, sanitizer):
    deselected = [f"--deselect={test}" for test, names, _ in WITHOUT if sanitizer.name in names]
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
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", check=False,
    )  # fmt: skip
    passed = re.findall(count, done.stdout)
    is_over = done.returncode == 0 and passed
    problems = [] if is_over else [f"{' '.join(map(str, command))}: exit code {done.returncode}:\n{done.stdout[-6000:]}"]
    return Run(int(passed[-1]) if passed else 0, [*sanitizer.reports(), *problems])
