"""Runs many random lives of the delivery core and of the spool, and prints the figures.

Tests/unit/Delivery/DeliverySimulation*.swift and Tests/unit/Spool/SpoolSimulation*.swift make them.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEST = ["swift", "test", "--scratch-path", ".build-tests", "--filter"]
# By the name of the test, what comes before _SEED and _RUNS in its variables.
SIMULATIONS = {"randomLives": "TPC_SIMULATION", "spoolLives": "TPC_SPOOL"}
BATCH = re.compile(r"^simulated: (\d+) runs, (\d+) steps$", re.MULTILINE)
VIOLATION = re.compile(r"TPC_[A-Z]+_SEED=(\d+): .*")


def simulate(test: str, prefix: str, runs: int) -> bool:
    environment = {**os.environ, f"{prefix}_RUNS": str(runs)}
    environment.pop(f"{prefix}_SEED", None)
    ended = subprocess.run([*TEST, test], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    batches = [(int(lives), int(steps)) for lives, steps in BATCH.findall(ended.stdout)]
    violations = {match[1]: match[0] for match in VIOLATION.finditer(ended.stdout)}
    done = sum(lives for lives, _ in batches)
    passed = ended.returncode == 0 and done == runs
    if not passed:
        print("\n".join(violations.values()) or ended.stdout[-4000:])
        for seed in list(violations)[:1]:
            print(f"replay: {prefix}_SEED={seed} {' '.join(TEST)} {test}")
    steps = sum(count for _, count in batches)
    print(f"simulation, {test}: {done:,} runs, {steps:,} steps, {len(violations)} violations, seeds 1-{runs}", flush=True)
    return passed


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=10_000, help="seeds 1 to this")
    arguments.add_argument("--only", choices=SIMULATIONS, help="one of the two")
    chosen = arguments.parse_args()
    return 0 if all([simulate(test, prefix, chosen.runs) for test, prefix in SIMULATIONS.items() if chosen.only in (None, test)]) else 1


if __name__ == "__main__":
    sys.exit(main())
