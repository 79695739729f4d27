"""The long form: a million events for each row, one line each, and the figure last."""

import argparse
import sys

from .flood import FLOODS
from .run_flood import run_flood

# The library's default.
QUEUE_EVENTS = 10_000


def main():
    parser = argparse.ArgumentParser(prog="torture.floods", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="events a row")
    arguments = parser.parse_args()
    unaccounted = failures = 0
    largest = None
    for flood in FLOODS:
        result = run_flood(flood, arguments.events, QUEUE_EVENTS)
        verdict = "; ".join(result.complaints) or "balanced"
        print(f"{flood.name}: {result.accepted:,} accepted, {result.delivered:,} delivered, memory at "
              f"{result.memory:.0%} of its bound: {verdict}", flush=True)  # fmt: skip
        unaccounted += result.unaccounted
        failures += bool(result.complaints)
        largest = max(largest or result, result, key=lambda one: one.memory)
    print(f"floods: {len(FLOODS)} x {arguments.events:,} events, {unaccounted} unaccounted, peak memory "
          f"{largest.growth / 2**20:.1f} MiB, {largest.memory:.0%} of its bound, "
          f"{failures} floods failed")  # fmt: skip
    return 1 if failures or unaccounted else 0


if __name__ == "__main__":
    sys.exit(main())
