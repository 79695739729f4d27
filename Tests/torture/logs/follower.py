# SPDX-License-Identifier: Apache-2.0
"""Kills a follower again and again while its log is written, rotated in every way, and the server is down now and then."""

import bisect
import collections
import gzip
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from tool.command import TOOL, Tool, clean_environment
from tool.followers import SITE, Follower, Log, line
from torture.spool.recorder import Recorder

# An outage is over before as many files were rotated as are kept.
OUTAGE_ROUNDS = 4
# What the answers to take, with a state that is written right then.
SLACK_SECONDS = 0.25
END_SECONDS = 60
SAMPLE_SECONDS = 0.005


@dataclass
class Result:
    kills: int
    stops: int
    rotations: collections.Counter
    outages: int
    lines: int
    lost: list
    ids: int
    again: int
    allowed: int
    again_after_stop: int
    codes: set

    @property
    def complaints(self):
        found = []
        if self.lost:
            found.append(f"{len(self.lost)} of {self.lines:,} lines lost: {self.lost[:5]}")
        if self.ids != self.lines:
            found.append(f"{self.ids:,} ids of {self.lines:,} lines")
        if self.again > self.allowed:
            found.append(f"{self.again:,} visits arrived again, at most {self.allowed:,} may")
        if self.again_after_stop:
            found.append(f"{self.again_after_stop:,} visits arrived again after an orderly end")
        # One that is ended before it has begun ends as any program does.
        if self.codes - {0, 3, -signal.SIGTERM}:
            found.append(f"exit codes {self.codes}")
        return found

    def __str__(self):
        rotations = ", ".join(f"{count:,} {name}" for name, count in sorted(self.rotations.items()))
        return (f"{self.kills:,} kills, {self.stops:,} stops, {self.outages:,} outages, {rotations}; {self.lines:,} lines, "
                f"{len(self.lost)} lost, {self.again:,} arrived again (at most {self.allowed:,} may)")  # fmt: skip


def run_follower(kills, seed=1):
    with tempfile.TemporaryDirectory(prefix="tpc-follow-") as folder, Recorder() as recorder:
        environment = clean_environment() | {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": recorder.url}
        rounds = _Rounds(pathlib.Path(folder), Tool(TOOL, environment), recorder, random.Random(seed))
        return rounds.run(kills)


class _Rounds:
    def __init__(self, folder, tool, recorder, chosen):
        self._folder, self._recorder, self._chosen = folder, recorder, chosen
        self._state = folder / "state"
        self._log = Log(folder / "access.log")
        self._follower = Follower(tool, self._state, self._log.path, arguments=("--max-in-flight", "4", "--log-level", "off"))
        self._pages, self._codes, self._all_codes, self._rotations = [], set(), set(), collections.Counter()
        self._allowed = self._stops = self._outages = self._out_until = 0
        self._history = [(0.0, 0)]
        self._ended = threading.Event()

    def run(self, kills):
        sampler = threading.Thread(target=self._sample)
        sampler.start()
        self._start()
        # Until then, nothing promises that the log's first file is read.
        while not self._state.exists():
            time.sleep(0.001)
        try:
            for number in range(kills):
                self._one(number)
            self._recorder.accept()
            self._wait_for_all()
            again = self._again()
            # After an orderly end, nothing is sent again; what a kill has left is sent before.
            self._wait_for_position()
            self._codes.clear()
            self._stop()
            total = self._recorder.counts.total()
            self._start()
            self._write()
            self._wait_for_all()
            self._stop()
            after = self._recorder.counts.total() - total - self._last if self._codes <= {0} else 0
        finally:
            self._ended.set()
            sampler.join()
            self._process.kill()
            self._process.wait()
        lost = [page for page in self._pages if f"{SITE}/{page}" not in self._recorder.pages]
        return Result(kills, self._stops, self._rotations, self._outages, len(self._pages), lost, len(self._recorder.counts), again,
                      self._allowed, after, self._all_codes)  # fmt: skip

    def _one(self, number):
        self._write()
        self._rotate(self._log)
        self._write()
        self._change_weather(number)
        time.sleep(self._chosen.uniform(0, 0.12))
        if self._chosen.random() < 0.1:
            self._stop()
        else:
            self._kill()
        # Some of it happens while no follower runs.
        if self._chosen.random() < 0.5:
            self._write()
            self._rotate(self._log)
        self._start()

    def _write(self):
        self._last = self._chosen.randrange(1, 20)
        fresh = [f"p{len(self._pages) + index}" for index in range(self._last)]
        self._pages += fresh
        text = "".join(line(page) + "\n" for page in fresh)
        # In two pieces, the first of which ends anywhere.
        cut = self._chosen.randrange(len(text))
        self._log.begin(text[:cut])
        self._log.begin(text[cut:])

    def _rotate(self, log):
        way = self._chosen.choice(("nothing", "nothing", "rename", "late", "compress", "copytruncate", "copytruncate and compress"))
        self._rotations[way] += way != "nothing"
        if way in ("rename", "compress"):
            log.rename()
        elif way == "late":
            log.rename(reopen=False)
            self._write()
            log.reopen()
        elif way.startswith("copytruncate"):
            log.copy_and_truncate()
        if way.endswith("compress"):
            self._compress(log.rotated(1))

    @staticmethod
    def _compress(path):
        """As gzip(1) does: both files are there until the new one is complete."""
        packed = path.with_name(path.name + ".gz")
        with gzip.open(packed, "wb", compresslevel=1) as file:
            file.write(path.read_bytes())
        status = path.stat()
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        path.unlink()

    def _change_weather(self, number):
        if self._out_until and number >= self._out_until:
            self._recorder.accept()
            self._out_until = 0
        elif not self._out_until and self._chosen.random() < 0.08:
            self._recorder.refuse() if self._chosen.random() < 0.5 else self._recorder.fail(503)
            self._outages += 1
            self._out_until = number + 1 + self._chosen.randrange(OUTAGE_ROUNDS)

    # ---- the follower

    def _start(self):
        self._process = self._follower.sender.start(
            *self._follower.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _kill(self):
        assert self._process.poll() is None, f"the follower ended with {self._process.returncode}"
        self._process.kill()
        self._process.wait()
        # What was answered after the state was written may arrive again.
        written = self._state.stat().st_mtime - SLACK_SECONDS if self._state.exists() else 0
        index = bisect.bisect(self._history, (written, 0)) - 1
        self._allowed += self._recorder.counts.total() - self._history[max(0, index)][1]

    def _stop(self):
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(END_SECONDS)
        self._codes.add(code)
        self._all_codes.add(code)
        self._stops += 1

    def _sample(self):
        while not self._ended.wait(SAMPLE_SECONDS):
            self._history.append((time.time(), self._recorder.counts.total()))

    def _wait_for_all(self):
        until = time.monotonic() + END_SECONDS
        while len(self._recorder.pages) < len(self._pages) and time.monotonic() < until:
            time.sleep(0.01)

    def _wait_for_position(self):
        """Until the log is answered for to its end."""
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            status = self._log.path.stat()
            last = self._state.read_text().splitlines()[-2].split()
            if last[2:4] == [str(status.st_ino), str(status.st_size)]:
                return
            time.sleep(0.01)

    def _again(self):
        return self._recorder.counts.total() - len(self._recorder.counts)
