"""C programs with the shipped library under valgrind: bad accesses, uninitialized values, and memory that was lost."""

import dataclasses
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass, field

from scenarios import reading, running
from scenarios.languages import LANGUAGES, DriverError, Drivers
from support.servers.collector_process import CollectorProcess

from library.delivery import programs

TESTS = pathlib.Path(__file__).resolve().parents[2]
# Of the scenarios' collector, which checks credentials.
CREDENTIALS = [part for kind, value in running.CREDENTIALS.items() for part in ("--credential", f"{kind}={value}")]
EXIT_CODE = 77
MEMCHECK = [
    "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
    f"--error-exitcode={EXIT_CODE}",
]  # fmt: skip
# Memcheck does some thirty times the work.
PATIENCE = 300


@dataclass(frozen=True)
class Row:
    """A program, its folder below Tests/, its arguments and options, and the exit code that it means.

    One that `forks` leaves its parent's memory alone in each child and forgets it: there a loss is not reported.
    """

    folder: str
    command: tuple
    options: dict = field(default_factory=dict, hash=False)
    code: int = 0
    forks: bool = False

    @property
    def name(self):
        return " ".join(map(str, self.command))


DELIVERY, FLOODS = "library/delivery/programs", "torture/floods/programs"
TO_THE_END = {"exit_timeout_ms": 60_000}
ROWS = (
    Row(DELIVERY, ("pipe",)),
    Row(DELIVERY, ("cycles", 52), {"report_capacity": 10}),
    Row(DELIVERY, ("distant", 50, 60_000)),
    Row(DELIVERY, ("exit_delivery", "plain"), TO_THE_END, code=7),
    Row(DELIVERY, ("exit_delivery", "closed"), TO_THE_END, code=7),
    Row(DELIVERY, ("exit_delivery", "forked"), TO_THE_END, code=7, forks=True),
    Row(DELIVERY, ("exit_busy", "return", 5), code=7),
    Row(DELIVERY, ("exit_busy", "thread", 5), code=7),
    Row(DELIVERY, ("exit_busy", "handlers", 5), code=7),
    *(Row(DELIVERY, ("fork", way), forks=True) for way in ("live", "idle", "silent", "nested", "shared", "closed")),
    Row(FLOODS, ("flood", 0, 2000, 4, 0, "retry", 60_000, 60_000)),
    Row(FLOODS, ("flood", 0, 2000, 2, 4, "retry", 60_000, 60_000), forks=True),
    Row("torture/soak/programs", ("soak", 5, 50, 1000), {"report_capacity": 1000}, forks=True),
)


def run_row(row, collector):
    """What went wrong, or an empty text."""
    program, *arguments = row.command
    with tempfile.TemporaryDirectory() as folder:
        kinds = ["--errors-for-leak-kinds=none"] if row.forks else []
        command = [*MEMCHECK, *kinds, f"--log-file={folder}/%p", programs.compiled(program, TESTS / row.folder), *arguments]
        process = programs.launch(command, programs.environment(collector.url, **row.options))
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"{row.name} hangs, having said: {process.communicate()[0]}"
        logs = {file.name: file.read_text() for file in pathlib.Path(folder).iterdir()}
    said = "".join(text if process_id == str(process.pid) else without_losses(text) for process_id, text in logs.items())
    if process.returncode == row.code and not said.strip():
        return ""
    return f"{row.name} ended with exit code {process.returncode}: {output}{said}"


def without_losses(text):
    """A child's log without the losses, which begin with a line of their own and end with an empty one."""
    kept, is_loss = [], False
    for line in text.splitlines(keepends=True):
        is_loss = is_loss or " definitely lost in loss record " in line
        if not is_loss:
            kept.append(line)
        if line.endswith("== \n"):
            is_loss = False
    return "".join(line for line in kept if not line.endswith("== \n"))


def run_scenarios(chosen=None):
    """C's driver with these scenarios, or with all: how many ran, and what went wrong, one text for each."""
    (language,) = [language for language in LANGUAGES if language.name == "c"]
    language = dataclasses.replace(language, command=lambda library, compiled=language.command: [*MEMCHECK, *compiled(library)])
    chosen = [scenario for scenario in chosen or reading.load() if scenario.environment is None]
    drivers, problems = Drivers(), []
    with CollectorProcess("--quiet", *CREDENTIALS) as collector:
        for scenario in chosen:
            with tempfile.TemporaryDirectory() as spool:
                run = running.Run(scenario, drivers.running(language), collector, spool)
                try:
                    run.run()
                except DriverError as error:
                    run.problems.append(str(error))
            if run.problems:
                problems.append("\n".join([scenario.title, *run.problems]))
                drivers.forget(drivers.running(language))
        try:
            drivers.stop()
        except DriverError as error:
            problems.append(str(error))
    return len(chosen), problems
