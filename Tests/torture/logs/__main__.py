# SPDX-License-Identifier: Apache-2.0
"""The long form: the fleets under many kills, and the figures last."""

import argparse
import os
import random
import sys
import tempfile

from support.paths import ROOT
from support.servers.collector_process import CollectorProcess

from .fleet_kafka import KafkaFleet
from .fleet_rsyslog import RsyslogFleet
from .kafka import compile_cluster

KAFKA = [
    ("kill_a_member",), ("outage",), ("replace_a_member",), ("kill_a_tool", "kill_a_member"), ("long_outage",),
    ("replace_a_member", "kill_a_tool"), ("outage", "kill_a_member"),
]  # fmt: skip
RSYSLOG = [
    ("kill_a_tool",), ("kill_the_central",), ("outage", "kill_a_host"), ("rotate", "kill_a_tool"), ("restart_the_central",),
    ("outage", "kill_the_central"), ("kill_a_host", "kill_a_tool"), ("rotate", "kill_the_central"),
]  # fmt: skip


def run_fleet(name, collector, folder, chosen, rounds):
    if name == "kafka":
        fleet = KafkaFleet(collector, compile_cluster(folder), chosen)
        return fleet, fleet.run(rounds, 200, KAFKA)
    fleet = RsyslogFleet(collector, folder, chosen)
    return fleet, fleet.run(rounds, 60, RSYSLOG)


def main():
    parser = argparse.ArgumentParser(prog="torture.logs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=["kafka", "rsyslog"])
    given = parser.parse_args()
    failed = False
    for name in ["kafka", "rsyslog"] if given.only is None else [given.only]:
        environment = dict(os.environ, PYTHONPATH=str(ROOT / "collector"))
        with CollectorProcess("--quiet", "--keep", "1000000", environment=environment) as collector, tempfile.TemporaryDirectory() as folder:
            fleet, found = run_fleet(name, collector, folder, random.Random(given.seed), given.rounds)
            lost = sum((fleet.expected - found).values())
            invented = sum((found - fleet.expected).values())
            failed |= lost + invented > 0
            for page, count in sorted((fleet.expected - found).items())[:20]:
                print(f"{name}: {count} of {page} lost")
            print(f"{name}: {fleet.expected.total():,} lines, {fleet.kills} kills: {lost} lost, {invented} invented, "
                  f"{collector.totals()['duplicates']:,} repeated with the same id", flush=True)  # fmt: skip
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
