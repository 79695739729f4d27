"""Runs many random lives of the delivery core, as Tests/unit/Delivery/DeliverySimulation*.swift make them, and prints the figure."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TEST = ["swift", "test", "--scratch-path", ".build-tests", "--filter", "randomLives"]
BATCH = re.compile(r"^simulated: (\d+) runs, (\d+) steps$", re.MULTILINE)
VIOLATION = re.compile(r"TPC_SIMULATION_SEED=(\d+): .*")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=10_000, help="seeds 1 to this")
    runs = arguments.parse_args().runs
    environment = {**os.environ, "TPC_SIMULATION_RUNS": str(runs)}
    environment.pop("TPC_SIMULATION_SEED", None)
    ended = subprocess.run(TEST, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    batches = [(int(lives), int(steps)) for lives, steps in BATCH.findall(ended.stdout)]
    violations = {match[1]: match[0] for match in VIOLATION.finditer(ended.stdout)}
    done = sum(lives for lives, _ in batches)
    if ended.returncode != 0 or done != runs:
        print("\n".join(violations.values()) or ended.stdout[-4000:])
        for seed in list(violations)[:1]:
            print(f"replay: TPC_SIMULATION_SEED={seed} {' '.join(TEST)}")
    steps = sum(count for _, count in batches)
    print(f"simulation: {done:,} runs, {steps:,} steps, {len(violations)} violations, seeds 1-{runs}")
    return 0 if ended.returncode == 0 and done == runs else 1


if __name__ == "__main__":
    sys.exit(main())
