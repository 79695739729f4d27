"""The long form: every row of the table and mixtures from a seed, one line each, and the figure last."""

import argparse
import concurrent.futures
import random
import sys

from support.servers.tls import Certificates

from .mixtures import ENDPOINTS, mixture
from .run_row import prepare, run_row
from .table import FAULTS

# Most rows wait for timeouts and retries rather than for the processor.
AT_ONCE = 4


def main():
    arguments = _arguments()
    mixtures = [
        mixture(seed, endpoint)
        for seed in range(arguments.seed, arguments.seed + arguments.mixtures)
        for endpoint in ENDPOINTS
    ]
    rows = [row for row in FAULTS + mixtures if arguments.only in row.name]
    unaccounted = failures = 0
    prepare()
    with Certificates() as certificates, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = [pool.submit(run_row, row, arguments.events, certificates, arguments.spool) for row in rows]
        for row, result in zip(rows, results):
            result = result.result()
            verdict = "; ".join(result.complaints[:5]) or "balanced"
            print(f"{row.name}: {result.requests:,} requests, {result.seconds:.1f} s: {verdict}", flush=True)
            unaccounted += result.unaccounted
            failures += bool(result.complaints)
    mixed = sum(row in mixtures for row in rows)
    print(f"faults: {len(rows) - mixed} kinds and {mixed} mixtures (seed {arguments.seed}) x {arguments.events:,} events, "
          f"{unaccounted} unaccounted, {failures} rows failed")  # fmt: skip
    return 1 if failures or unaccounted else 0


def _arguments():
    parser = argparse.ArgumentParser(prog="torture.faults", description=__doc__)
    parser.add_argument("--events", type=int, default=1000, help="events a row")
    parser.add_argument("--mixtures", type=int, default=8, help="seeds, each for every kind of endpoint")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="the first of these seeds")
    parser.add_argument("--spool", action="store_true", help="with the events on disk as well")
    parser.add_argument("--only", default="", help="rows whose name has this text")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
