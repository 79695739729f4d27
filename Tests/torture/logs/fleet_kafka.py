# SPDX-License-Identifier: Apache-2.0
"""A consumer group of three under kills, outages and rebalances, while messages are written to Kafka."""

import collections
import contextlib
import os
import signal

from .kafka import Cluster, Member
from .visits import arrived, environment_of, line, wait_for


class KafkaFleet:
    """Runs the group and does it harm. What was written is in `expected`, by page."""

    def __init__(self, collector, program, random, log=None):
        self._collector = collector
        self._program = program
        self._random = random
        self._options = {} if log is None else {"log": log}
        self.expected = collections.Counter()
        self.kills = 0

    def run(self, rounds, lines, faults):
        """In each round, so many messages are written, and while they are on their way, what `faults` names for the round happens."""
        with contextlib.ExitStack() as self._stack, Cluster(self._program) as self._cluster:
            self.members = [self._join() for _ in range(3)]
            # The stack ends the members before the cluster.
            with self._stack:
                self._begin()
                for number in range(rounds):
                    # Slow enough that there are messages on their way when it happens.
                    self._collector.mode()
                    self._collector.mode({"delay_ms": 20})
                    before = self.expected.total()
                    self._write(number, lines)
                    wait_for(self._collector, before + lines // 4)
                    for fault in faults[number % len(faults)]:
                        getattr(self, fault)()
                self._collector.mode()
                # What is lost is the caller's to count.
                with contextlib.suppress(TimeoutError):
                    wait_for(self._collector, self.expected.total())
                codes = [member.end() for member in self.members]
                assert codes == [0] * len(codes), codes
        return arrived(self._collector)

    def _begin(self):
        """A group that has run before has offsets of its own in each partition."""
        for partition in range(Cluster.PARTITIONS):
            self._cluster.produce([line(f"begin-{partition}")], partition)
            self.expected[f"begin-{partition}"] += 1
        wait_for(self._collector, self.expected.total())
        assert self._cluster.lag_ends()

    def _join(self):
        return self._stack.enter_context(Member(self._cluster, environment_of(self._collector), **self._options))

    def _write(self, number, count):
        """Each seventh message has two lines, which are equal, and so are two messages."""
        pages = [f"{number}-{index}" for index in range(count)]
        messages = [line(page) if index % 7 else f"{line(page)}\n{line(page)}" for index, page in enumerate(pages)]
        for index, page in enumerate(pages):
            self.expected[page] += 1 if index % 7 else 2
        self._cluster.produce([*messages, messages[-1]])
        self.expected[pages[-1]] += 1 if (count - 1) % 7 else 2

    # ---- Faults ----

    def kill_a_member(self):
        """Somebody else gets its partitions, and a new process joins."""
        member = self._random.choice(self.members)
        self.members.remove(member)
        member.kill()
        self.kills += 1
        self.members.append(self._join())

    def kill_a_tool(self):
        """The program starts another one, and gives it the same lines."""
        child = self._random.choice(self.members).child()
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                self.kills += 1

    def outage(self):
        """The endpoint answers nothing but 503 for a while, in which a tool is killed."""
        self._collector.mode({"status": 503, "count": self._random.randint(20, 60)})
        self.kill_a_tool()

    def replace_a_member(self):
        """One leaves in an orderly way, another one joins."""
        member = self._random.choice(self.members)
        self.members.remove(member)
        self.members.append(self._join())
        assert member.end() == 0

    def long_outage(self):
        """As long as members keep asking for messages and get none."""
        self._collector.mode({"status": 503})
        self._write("outage", 30)
        with contextlib.suppress(TimeoutError):
            self._collector.wait(self._collector.totals()["good"] + 1, timeout=15)
