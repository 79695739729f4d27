# SPDX-License-Identifier: Apache-2.0
"""The long form: a thousand kills of a follower, and the fleets of Kafka and rsyslog; a line for each part."""

import argparse
import sys

from .fleets import run_fleet
from .follower import run_follower

# A run ends after this many kills, so that its books stay small.
PART = 250


def kill_followers(kills, seed):
    """How many runs went wrong."""
    failures = killed = lines = lost = again = 0
    while killed < kills:
        seed += 1
        result = run_follower(min(PART, kills - killed), seed)
        print(f"follower: {result}", *result.complaints, sep="\n  ", flush=True)
        failures += bool(result.complaints)
        killed, lines, lost, again = killed + result.kills, lines + result.lines, lost + len(result.lost), again + result.again
    print(f"follower: {killed:,} kills, {lines:,} lines, {lost} lost, {again / max(1, killed):.2f} again a kill", flush=True)
    return failures


def main():
    parser = argparse.ArgumentParser(prog="torture.logs", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["follower", "kafka", "rsyslog"])
    given = parser.parse_args()
    failures = 0
    if given.only in (None, "follower"):
        failures += kill_followers(given.kills, given.seed)
    for name in ("kafka", "rsyslog"):
        if given.only in (None, name):
            failures += not run_fleet(name, given.rounds, given.seed)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
