"""Measures the library against its goals and prints the table; benchmarks/README.md says what is measured and how.

    python benchmarks/run.py [--quick] [--only NAME]

SPDX-License-Identifier: Apache-2.0
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
from datetime import datetime, timezone

import measurements
import programs

RESULTS = programs.HERE / "results.json"


def machine():
    """What the figures were taken on."""
    processor = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            processor = next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    curl = subprocess.run(["curl-config", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {"processor": processor, "cores": os.cpu_count(), "kernel": platform.release(), "libcurl": curl}


def print_rows(rows):
    for row in rows:
        # A figure that is only shown for comparison has no goal.
        verdict = {True: "met" if row["goal"] else "", False: "MISSED", None: "FAILED"}[row["met"]]
        print(f"{row['what']:<42} {row['goal']:>20}   {verdict:<7} {row['measured']}", flush=True)


def measure(name, settings):
    """The rows and raw figures of one measurement; one that breaks off is a row of its own, and does not stop the rest."""
    try:
        return measurements.MEASUREMENTS[name](settings)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return [measurements.row(name, "", str(error), None)], {}


def main():
    parser = argparse.ArgumentParser(description="Measures the library against its goals.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: a first impression")
    parser.add_argument("--only", choices=measurements.MEASUREMENTS, help="one measurement instead of all")
    arguments = parser.parse_args()
    settings = measurements.QUICK if arguments.quick else measurements.FULL

    # As with an interrupt, the servers end with this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not programs.LIBRARY.exists():
        sys.exit(f"{programs.LIBRARY} is not there: run `make` first")
    programs.build(programs.PROGRAMS)
    print(f"{'what':<42} {'goal':>20}   {'':<7} measured")
    rows, raw = [], {}
    for name in [arguments.only] if arguments.only else measurements.MEASUREMENTS:
        new_rows, raw[name] = measure(name, settings)
        print_rows(new_rows)
        rows += new_rows
    taken = datetime.now(timezone.utc).isoformat(timespec="seconds")
    results = {"taken": taken, "quick": arguments.quick, "machine": machine(), "rows": rows, "raw": raw}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(f"\nAll figures: {RESULTS.relative_to(programs.ROOT)}")
    return 1 if any(row["met"] is None for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
