"""The long form: every way to end, many times, and clients by the thousand. A line for what is wrong, and the figure last."""

import argparse
import concurrent.futures
import itertools
import sys

from support.interrupt import restore_interrupt

from .ending import ENDINGS
from .run_ending import SERVERS, run_ending
from .runtimes import Runtimes
from .unloading import cycle, unload

AT_ONCE = 4
NODE_VERSIONS = ("18", "20", "22", "24")


def main():
    restore_interrupt()
    parser = argparse.ArgumentParser(prog="torture.exits", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="runs of each ending")
    parser.add_argument("--unloads", type=int, default=200, help="processes that unload the library under load")
    parser.add_argument("--cycles", type=int, default=1000, help="clients made, used and closed one after the other")
    parser.add_argument("--spool", action="store_true", help="with the events on disk as well")
    arguments = parser.parse_args()
    outcomes = []
    for turn in range(arguments.times):
        with Runtimes(NODE_VERSIONS[turn % len(NODE_VERSIONS)]) as runtimes:
            with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
                rows = list(itertools.product(ENDINGS, SERVERS))
                done = pool.map(lambda row: run_ending(*row, runtimes, arguments.spool), rows)
                for (ending, server), outcome in zip(rows, done):
                    outcomes.append(outcome)
                    if outcome.complaints:
                        print(f"{ending.name}, the server {server}: {'; '.join(outcome.complaints)}", flush=True)
    unloaded = [unload() for _ in range(arguments.unloads)]
    for complaint in filter(None, unloaded):
        print(complaint, flush=True)
    grown = cycle(arguments.cycles)
    if grown:
        print(grown, flush=True)
    hung, crashed, silent = (sum(getattr(one, what) for one in outcomes) for what in ("hung", "crashed", "silent"))
    print(f"exits: {len(ENDINGS)} ways in 4 runtimes, {len(outcomes):,} processes: {hung} hung, {crashed} with another exit code, "
          f"{silent} otherwise wrong about their events; {len(unloaded)} unloads under load, "
          f"{len(list(filter(None, unloaded)))} failed; {arguments.cycles:,} clients one after the other, "
          f"{'with' if grown else 'without'} growth")  # fmt: skip
    return 1 if hung or crashed or silent or grown or any(unloaded) else 0


if __name__ == "__main__":
    sys.exit(main())
