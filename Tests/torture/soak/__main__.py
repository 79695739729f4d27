"""The long form: one line a minute, and the figure last."""

import argparse
import sys

from .run_soak import Soak, complaints, run_soak


class Minutes:
    """Prints what the process holds once a minute."""

    def __init__(self):
        self._next = 0

    def __call__(self, sample):
        if "seconds" in sample and sample["seconds"] >= self._next:
            self._next += 60
            print(f"{sample['seconds']:,.0f} s: {sample['events']:,} events, resident {sample['resident']:,} KiB, "
                  f"anonymous {sample['anonymous']:,} KiB, {sample['threads']} threads, {sample['descriptors']} descriptors, "
                  f"{sample['connections']} connections", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="torture.soak", description=__doc__)
    parser.add_argument("--seconds", type=int, default=1800)
    parser.add_argument("--spool", action="store_true", help="with the events on disk as well")
    arguments = parser.parse_args()
    soak = Soak(arguments.seconds)
    result = run_soak(soak, follow=Minutes(), spool=arguments.spool)
    found = complaints(soak, result)
    for complaint in found:
        print(complaint)
    print(f"soak: {soak.seconds:,} s, {result.accepted:,} events, {result.faults} faults, {result.unaccounted} unaccounted, "
          f"resident memory within {result.spread('resident'):,} KiB, threads within {result.spread('threads')} and "
          f"descriptors within {result.spread('descriptors')}, {len(found)} complaints")  # fmt: skip
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
