"""C programs with the shipped library under valgrind; `make torture-sanitizers` has them all, and the sanitized library."""

import subprocess

import pytest
from scenarios import reading
from support.servers.collector_process import CollectorProcess

from . import faults, memcheck

QUICK = ("cycles 52", "exit_delivery plain", "fork live", "fork nested")


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess("--quiet") as collector:
        yield collector


@pytest.mark.parametrize("row", [row for row in memcheck.ROWS if row.name in QUICK], ids=lambda row: row.name)
def test_a_program_touches_no_memory_wrongly_and_loses_none(row, collector):
    assert memcheck.run_row(row, collector) == ""


def test_every_fifth_scenario_touches_no_memory_wrongly_and_loses_none():
    count, problems = memcheck.run_scenarios(reading.load()[::5])
    assert problems == [] and count > 40


@pytest.mark.parametrize(
    ("kind", "said"),
    [("use-after-free", "Invalid read"), ("leak", "definitely lost"), ("uninitialized", "depends on uninitialised value")],
)
def test_valgrind_reports_what_is_wrong(kind, said, tmp_path):
    program = faults.compiled(tmp_path)
    done = subprocess.run([*memcheck.MEMCHECK, program, kind], capture_output=True, text=True, check=False)
    assert said in done.stderr and done.returncode == memcheck.EXIT_CODE
    assert subprocess.run([*memcheck.MEMCHECK, program, "none"], check=False).returncode == 0


def test_a_childs_log_is_read_without_what_it_forgot_of_its_parents():
    loss = "==7== 9 bytes in 1 blocks are definitely lost in loss record 1 of 1\n==7==    at 0x1: malloc\n==7== \n"
    other = "==7== Invalid read of size 1\n==7==    at 0x2: main\n"
    assert memcheck.without_losses(loss) == ""
    assert memcheck.without_losses(loss + other + loss) == other
