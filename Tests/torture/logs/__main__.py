# SPDX-License-Identifier: Apache-2.0
"""The long form: a thousand kills of a follower; a line for each part, and the figure last."""

import argparse
import sys

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
    print(f"follower: {killed:,} kills, {lines:,} lines, {lost} lost, {again / max(1, killed):.2f} again a kill")
    return failures


def main():
    parser = argparse.ArgumentParser(prog="torture.logs", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    return 1 if kill_followers(arguments.kills, arguments.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
