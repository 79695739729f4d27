# SPDX-License-Identifier: Apache-2.0
"""A Kafka cluster that is only librdkafka's stand-in, what writes to it, and members of a consumer group."""

import os
import pathlib
import signal
import subprocess
import time

from support.paths import BUILD

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = os.environ.get("TPC_EVENTS_KAFKA", BUILD / "bin" / "tpc-events-kafka")
SECONDS = 60
TOPIC = "access-log"
GROUP = "visits"
# A member that was killed is missed after the first of these, not after the 45 seconds of the default. The cluster lets the first
# members of a group wait for 3 seconds, in which they must not be missed.
SETTINGS = ("session.timeout.ms=3500", "heartbeat.interval.ms=200")


def compile_cluster(folder):
    program = pathlib.Path(folder) / "mock_cluster"
    subprocess.run(["gcc", "-O1", HERE / "mock_cluster.c", "-o", program, "-lrdkafka"], check=True, timeout=SECONDS)
    return program


class Cluster:
    """Three brokers with one topic, for a `with` block."""

    PARTITIONS = 3

    def __init__(self, program):
        self._command = [program, TOPIC, str(self.PARTITIONS)]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.brokers = self._process.stdout.readline().strip()
        assert self.brokers, "the cluster did not start"
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.wait(SECONDS)
        self._process.stdout.close()

    def produce(self, messages, partition=None):
        """Writes messages, which may have several lines, to one partition, or to all by chance."""
        chosen = [] if partition is None else ["-p", str(partition)]
        subprocess.run(
            ["kcat", "-P", "-q", "-b", self.brokers, "-t", TOPIC, "-D", "\\x1e", "-X", "sticky.partitioning.linger.ms=0", *chosen],
            input=b"\x1e".join(message.encode() for message in messages), check=True, timeout=SECONDS,
        )  # fmt: skip


    def lag(self, group=GROUP):
        """How many messages the group has not committed."""
        self._process.stdin.write(f"{group}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def lag_ends(self):
        """Whether the group commits all that there is, a moment after it is delivered."""
        deadline = time.monotonic() + SECONDS
        while self.lag() != 0 and time.monotonic() < deadline:
            pass
        return self.lag() == 0


class Member:
    """One process of the consumer group, for a `with` block, which kills it if it still runs."""

    def __init__(self, cluster, environment, *flags, group=GROUP, log=subprocess.DEVNULL):
        settings = [word for setting in SETTINGS for word in ("-X", setting)]
        self.process = subprocess.Popen(
            [PROGRAM, "consume", "--brokers", cluster.brokers, "--topic", TOPIC, "--group", group, *settings,
             "--site", "https://example.com", "--retry-max-ms", "200", *flags],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.kill()

    def child(self):
        """The process id of its tpc-events; None when there is none."""
        found = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(found[0]) if found else None

    def kill(self):
        self.process.kill()
        return self.process.wait(SECONDS)

    def end(self):
        """Ends it as systemd would. Returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)
