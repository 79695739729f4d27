"""The long form: every row, one line each, and the figure last."""

import argparse
import concurrent.futures
import sys

from support.servers.tls import Certificates

from .run_row import prepare, run_row
from .table import ROWS

# The rows wait for their servers most of the time.
AT_ONCE = 3


def main():
    arguments = _arguments()
    rows = [row for row in ROWS if arguments.only in row.name]
    broken = complaints = 0
    prepare()
    with Certificates() as certificates, concurrent.futures.ThreadPoolExecutor(arguments.at_once) as pool:
        results = [pool.submit(run_row, row, certificates) for row in rows]
        for row, result in zip(rows, results):
            result = result.result()
            holds = row.holds(result.figure)
            verdict = "; ".join([*result.complaints, "holds" if holds else "BROKEN"])
            print(f"{row.name}: {result.figure:.4g} {row.unit}, {row.bound}: {verdict}", flush=True)
            if arguments.lines:
                _print_lines(result.seen.lines, arguments.lines)
            broken += not holds
            complaints += len(result.complaints)
    print(f"goodput: {len(rows)} laws, {broken} broken, {complaints} complaints")
    return 1 if broken or complaints else 0


def _print_lines(lines, seconds):
    """One of the sender's lines for each interval of this many seconds."""
    following = 0.0
    for line in lines:
        if line["time"] >= following or line is lines[-1]:
            print("   ", " ".join(f"{name}={value:g}" for name, value in line.items()))
            following = line["time"] + seconds


def _arguments():
    parser = argparse.ArgumentParser(prog="torture.goodput", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name has this text")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="rows that run side by side")
    parser.add_argument("--lines", type=float, default=0, help="also print the sender's counters at this interval, in seconds")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
