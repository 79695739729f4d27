"""The long form: every row, one after the other, as the table of docs/servers.md, then our modules inside nginx and Apache, and the
figures last."""

import argparse
import pathlib
import sys
import traceback

from support.interrupt import restore_interrupt
from support.paths import ROOT

from .modules.run import run_modules
from .page import tables
from .run_row import VISITS, Outcome, run_row
from .scene import Scene
from .table import ROWS


# A busy machine may take so long for the visits that nothing is left to lose, or longer for the last ones than an exit may take.
TRIES = 3


def run_until_it_agrees(row, scene):
    """The outcomes of the tries; the last one counts."""
    outcomes = []
    while len(outcomes) < TRIES and not (outcomes and outcomes[-1].agrees(row)):
        try:
            outcomes.append(run_row(row, scene))
        except Exception:  # A row that cannot be run is wrong, and the others are run.
            outcomes.append(Outcome(None, traceback.format_exc(), False))
    return outcomes


def described(outcomes):
    """What arrived, with the tries before it, so that a row that wavers is seen."""
    *earlier, last = ["nothing, as it failed" if one.arrived is None else f"{one.arrived} of {VISITS}" for one in outcomes]
    left = ", and leaves processes" if outcomes[-1].left_running else ""
    return last + left + (f" (before that {', '.join(earlier)})" if earlier else "")


def main():
    restore_interrupt()
    parser = argparse.ArgumentParser(prog="torture.servers", description=__doc__)
    parser.add_argument("--servers", default=ROOT / ".build-servers", type=pathlib.Path, help="where they are installed")
    parser.add_argument("--page", action="store_true", help="print the page's tables without running anything")
    parser.add_argument("--only", action="append", help="rows whose name has this text")
    parser.add_argument("--verbose", action="store_true", help="with what each server printed")
    arguments = parser.parse_args()
    if arguments.page:
        print("\n\n".join(f"## {title}\n\n{table}" for title, table in tables().items()))
        return 0
    wrong = run_languages(arguments) + run_modules(arguments.only)
    return 1 if wrong else 0


def chosen(rows, only):
    return [row for row in rows if not only or any(text.lower() in row.name.lower() for text in only)]


def run_languages(arguments):
    """The rows of docs/servers.md; returns how many are other than it says."""
    rows = chosen(ROWS, arguments.only)
    if not rows:
        return 0
    wrong = 0
    print("| server | how it ends | delivered | what to do |\n|---|---|---|---|")
    with Scene(arguments.servers / "bin/python", arguments.servers / "unpacked") as scene:
        for row in rows:
            outcomes = run_until_it_agrees(row, scene)
            outcome = outcomes[-1]
            print(f"| {row.server} | {row.ending} | {described(outcomes)} | {row.advice} |", flush=True)
            if not outcome.agrees(row) or arguments.verbose:
                wrong += not outcome.agrees(row)
                lines = [line for line in outcome.log.splitlines() if "/page/" not in line]
                print(f"{row.name}: expected {row.arrives}; the server printed:", *lines, sep="\n", flush=True)
    print(f"servers: {len(rows)} rows, {wrong} other than the page says")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
