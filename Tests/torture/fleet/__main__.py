"""Sends 10,000 simulated senders to a server that comes back after an outage, draws docs/fleet.svg and prints the figure."""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from .plot import draw

ROOT = Path(__file__).resolve().parents[3]
TEST = ["swift", "test", "--scratch-path", ".build-tests", "--filter", "DeliverySimulationFleetTests"]


def simulate():
    """The curves by refusal and jitter: a list of rows, one for each second."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "curves.csv"
        environment = {**os.environ, "TPC_FLEET_OUTPUT": str(output)}
        ended = subprocess.run(TEST, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ended.returncode != 0:
            sys.exit(ended.stdout[-4000:] + "\nfleet: failed")
        curves = defaultdict(list)
        for row in csv.DictReader(output.open()):
            curves[row["refusal"], row["jitter"] == "true"].append(row)
        return curves


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--svg", type=Path, default=ROOT / "docs" / "fleet.svg")
    svg = arguments.parse_args().svg
    curves = simulate()
    svg.write_text(draw(curves))
    worst = {True: (0.0, 0), False: (0.0, 0)}
    for (refusal, has_jitter), rows in curves.items():
        peak, drained = float(rows[0]["peak"]), int(rows[0]["drained"])
        worst[has_jitter] = (max(worst[has_jitter][0], peak), max(worst[has_jitter][1], drained))
        word = "with jitter" if has_jitter else "without jitter"
        probes = [int(row["arrived"]) for row in rows if -300 <= int(row["second"]) < 0]
        print(
            f"{refusal}, {word}: peak {peak:.2f} × capacity, drained in {drained} s; "
            f"{sum(probes) / len(probes):.0f} requests/s in the last 5 minutes of the outage"
        )
    (peak, drained), (bare_peak, bare_drained) = worst[True], worst[False]
    print(
        f"fleet: 10,000 senders after 10 minutes of outage: peak at most {peak:.2f} × capacity, drained in {drained} s; "
        f"without jitter {bare_peak:.2f} × and {bare_drained} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
