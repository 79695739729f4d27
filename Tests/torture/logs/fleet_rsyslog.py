# SPDX-License-Identifier: Apache-2.0
"""Three hosts' logs, read by rsyslog and sent through a central rsyslog, under outages, kills and rotations."""

import collections
import contextlib
import os
import pathlib
import signal

from .rsyslog import Central, Host
from .visits import arrived, line, wait_for


class RsyslogFleet:
    """Runs the daemons and does them harm. What was logged is in `expected`, by page."""

    def __init__(self, collector, folder, random):
        self._collector = collector
        self._folder = pathlib.Path(folder)
        self._random = random
        self.expected = collections.Counter()
        self.kills = 0
        self._rotations = 0

    def run(self, rounds, lines, faults):
        """In each round, each host logs so many lines, and while they are on their way, what `faults` names for the round happens."""
        with contextlib.ExitStack() as stack:
            self._central = stack.enter_context(Central(self._folder / "central", self._collector))
            self._hosts = [
                stack.enter_context(Host(self._folder / name, name, self._central)) for name in ("web1", "web2", "web3")
            ]  # fmt: skip
            for number in range(rounds):
                self._collector.mode()
                self._collector.mode({"delay_ms": 5})
                before = self.expected.total()
                for host in self._hosts:
                    self._write(host, number, lines)
                wait_for(self._collector, before + lines // 2)
                for fault in faults[number % len(faults)]:
                    getattr(self, fault)()
            self._collector.mode()
            # What is lost is the caller's to count.
            with contextlib.suppress(TimeoutError):
                wait_for(self._collector, self.expected.total())
        return arrived(self._collector)

    def _write(self, host, number, count):
        """Every host logs the same lines, each seventh twice."""
        pages = [f"{number}-{index}" for index in range(count) for _ in range(1 if index % 7 else 2)]
        host.write(map(line, pages))
        self.expected.update(pages)

    # ---- Faults ----

    def outage(self):
        """The endpoint answers nothing but 503 for a while, in which a tool is killed."""
        self._collector.mode({"status": 503, "count": self._random.randint(20, 40)})
        self.kill_a_tool()

    def kill_a_tool(self):
        tools = self._central.tools()
        if tools:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._random.choice(tools), signal.SIGKILL)
                self.kills += 1

    def kill_the_central(self):
        self._central.kill()
        self.kills += 1
        self._central.start()

    def kill_a_host(self):
        host = self._random.choice(self._hosts)
        host.kill()
        self.kills += 1
        host.start()

    def restart_the_central(self):
        self._central.end()
        self._central.start()

    def rotate(self):
        """As logrotate does it, while rsyslog reads."""
        host = self._random.choice(self._hosts)
        host.rotate()
        # In a log, no line is where the same line of the same second was in the file before.
        self._rotations += 1
        self._write(host, f"rotated-{self._rotations}", 10)
