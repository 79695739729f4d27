# SPDX-License-Identifier: Apache-2.0
"""A follower of logs, the log that it follows, and what rotates it."""

import os
import shutil
import signal
import urllib.parse

from tool.logs import combined

# So that an outage is over soon, and visits arrive in their order.
QUICK = ("--retry-initial-ms", "20", "--retry-max-ms", "50", "--max-in-flight", "1")
# How many rotated files there are at most.
KEPT = 40
SITE = "https://example.com"


def line(page, **fields):
    return combined(request=f"GET /{page} HTTP/1.1", **fields)


def pages(collector):
    """The paths of the visits that arrived, in their order."""
    return [urllib.parse.urlsplit(href(record)).path[1:] for record in collector.good()]


def ids(collector):
    return [record["event"]["eventId"] for record in collector.good()]


def href(record):
    return record["event"]["page"]["href"]


class Log:
    """A server's access log, which it keeps open."""

    def __init__(self, path):
        self.path = path
        self.file = None
        self.reopen()

    def reopen(self):
        """As a server does that is told so."""
        if self.file:
            self.file.close()
        self.file = open(self.path, "ab", buffering=0)

    def write(self, *pages, **fields):
        self.file.write("".join(line(page, **fields) + "\n" for page in pages).encode())

    def begin(self, text):
        """Writes what is not a whole line yet."""
        self.file.write(text.encode())

    def rotated(self, number):
        return self.path.with_name(f"{self.path.name}.{number}")

    def shift(self):
        """Renames what was rotated before, so that there is room for number 1."""
        for number in range(KEPT, 0, -1):
            for ending in ("", ".gz", ".zst"):
                old = self.path.with_name(f"{self.path.name}.{number}{ending}")
                if old.exists():
                    old.rename(self.path.with_name(f"{self.path.name}.{number + 1}{ending}"))

    def rename(self, reopen=True):
        self.shift()
        self.path.rename(self.rotated(1))
        if reopen:
            self.reopen()

    def copy_and_truncate(self):
        self.shift()
        shutil.copyfile(self.path, self.rotated(1))
        os.truncate(self.path, 0)


class Follower:
    """`tpc-events replay --follow`; it is stopped with the `with` block unless it has ended."""

    def __init__(self, sender, state, *logs, arguments=()):
        self.command = ("replay", "--follow", "--state", state, "--site", SITE, *QUICK, *arguments, *logs)
        self.sender = sender

    def __enter__(self):
        self.process = self.sender.start(*self.command)
        return self

    def stop(self, number=signal.SIGTERM):
        """Returns the exit code, and what was printed to standard error."""
        self.process.send_signal(number)
        self.output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors.decode()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
