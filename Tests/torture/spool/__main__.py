"""The long form: larger models, each call of a host's life on the disk, and ten thousand kills; a line each, and the figure last."""

import argparse
import concurrent.futures
import itertools
import sys

from .disk_faults import CALLS, SCENES, Fault, complaints
from .kills import WAYS, run_kills
from .models import LONG, MUTANTS, QUICK
from .search import explore

# Runs of failing disks at a time: most of each is waiting.
AT_ONCE = 8
# A kill run ends after this many, so that its books stay small.
PART = 500


def explore_models():
    """How many models did not turn out as they should, and how many states there were."""
    failures = states = 0
    for name, model in {**QUICK, **LONG}.items():
        found = explore(model)
        print(f"model, {name}: {found}", flush=True)
        failures, states = failures + bool(found.violation), states + found.states
    for name, (model, wrong) in MUTANTS.items():
        found = explore(model)
        is_caught = bool(found.violation and found.violation.endswith(wrong))
        print(f"model with a changed rule, {name}: {found}", flush=True)
        failures += not is_caught
    return failures, states


def fail_disks(most):
    """How many runs there were with each call failing in turn, and how many went wrong."""
    runs = failures = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for call, errors in CALLS.items():
            for scene in SCENES:
                _, count = complaints(scene, Fault(call, errors[0], 1 << 40, False))
                numbers = range(1, min(count, most) + 1)
                cases = itertools.product(errors, numbers, (False, True))
                faults = [Fault(call, error, number, forever) for error, number, forever in cases]
                for fault, (found, _) in zip(faults, pool.map(lambda fault: complaints(scene, fault), faults)):
                    runs, failures = runs + 1, failures + bool(found)
                    if found:
                        print(f"disk, {scene.__name__}, {fault}: {'; '.join(found)}", flush=True)
                print(f"disk, {scene.__name__}: {call} was made {count} times, {len(faults)} runs", flush=True)
    return runs, failures


def kill_hosts(kills, seed):
    """The sums over all ways: kills, accepted, lost, again; and how many runs went wrong."""
    sums, failures = [0, 0, 0, 0], 0
    for way in WAYS:
        left = round(kills * way.share)
        while left > 0:
            seed += 1
            result = run_kills(way, min(left, PART), seed)
            left -= PART
            print(result, "; ".join(result.complaints), flush=True)
            failures += bool(result.complaints)
            for index, value in enumerate((result.kills, result.accepted, len(result.lost), result.again)):
                sums[index] += value
    return sums, failures


def main():
    parser = argparse.ArgumentParser(prog="torture.spool", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--calls", type=int, default=40, help="of each call, how many fail in turn")
    parser.add_argument("--only", choices=["models", "disk", "kills"])
    arguments = parser.parse_args()
    wanted = [arguments.only] if arguments.only else ["models", "disk", "kills"]
    failures, states, runs, disk, sums, kills = 0, 0, 0, 0, (0, 0, 0, 0), 0
    if "models" in wanted:
        failures, states = explore_models()
    if "disk" in wanted:
        runs, disk = fail_disks(arguments.calls)
    if "kills" in wanted:
        sums, kills = kill_hosts(arguments.kills, arguments.seed)
    killed, accepted, lost, again = sums
    print(f"spool: {states:,} states; {runs:,} failing disks, {disk} complaints; "
          f"{killed:,} kills, {accepted:,} accepted, {lost} lost, {again / max(1, killed):.2f} again a kill")  # fmt: skip
    return 1 if failures + disk + kills else 0


if __name__ == "__main__":
    sys.exit(main())
