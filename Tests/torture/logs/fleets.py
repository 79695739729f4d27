# SPDX-License-Identifier: Apache-2.0
"""The fleets of rsyslog and Kafka under many kills."""

import os
import random
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


def run_fleet(name, rounds, seed):
    """Whether every line arrived, and none that nobody wrote."""
    chosen = random.Random(seed)
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "collector"))
    # Each visit is looked for at the end, repeated ones included.
    with CollectorProcess("--quiet", "--keep", "1000000", environment=environment) as collector, tempfile.TemporaryDirectory() as folder:
        if name == "kafka":
            fleet = KafkaFleet(collector, compile_cluster(folder), chosen)
            found = fleet.run(rounds, 200, KAFKA)
        else:
            fleet = RsyslogFleet(collector, folder, chosen)
            found = fleet.run(rounds, 60, RSYSLOG)
        lost = fleet.expected - found
        invented = sum((found - fleet.expected).values())
        for page, count in sorted(lost.items())[:20]:
            print(f"{name}: {count} of {page} lost")
        repeated = collector.totals()["duplicates"]
    print(f"{name}: {fleet.expected.total():,} lines, {fleet.kills} kills: {sum(lost.values())} lost, {invented} invented, "
          f"{repeated:,} repeated with the same id", flush=True)  # fmt: skip
    return not lost and not invented
