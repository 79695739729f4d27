"""Kills hosts that share a spool, again and again, and compares what they had accepted with what arrived."""

import random
import signal
import tempfile
import time
from dataclasses import dataclass

from .hosts import IN_FLIGHT, LANGUAGES, Hosts, end, held
from .recorder import Recorder

# Events of one turn of the sender, which may have been answered and not yet noted on disk.
TURN = 32
SLOTS = 256
# How many descriptors a host may open beyond those at first: connections, and segments that it takes over.
MORE_DESCRIPTORS = 2 * IN_FLIGHT + 8
MORE_MEMORY = 6 * 1024


@dataclass(frozen=True)
class Way:
    """How hosts are killed. `outage` is None, a status or "refuse", for `lasts` seconds of each five; `share` is of all kills."""

    name: str
    sender: str = "self"
    outage: object = None
    lasts: float = 0.5
    share: float = 1.0


WAYS = (
    Way("each sends its own", share=0.5),
    Way("each sends its own, 503 now and then", outage=503, share=0.15),
    Way("each sends its own, connections refused now and then", outage="refuse", share=0.1),
    Way("one sends for all", sender="shared", share=0.2),
    Way("none sends", sender="never", share=0.05),
)


@dataclass
class Result:
    way: Way
    kills: int
    stops: int
    accepted: int
    unkept: int
    lost: list
    unreturned: int
    again: int
    most: int
    allowed: int
    most_files: int
    is_drained: bool
    grown: list
    unbalanced: list

    @property
    def complaints(self):
        found = []
        if self.lost:
            found.append(f"{len(self.lost)} of {self.accepted:,} lost: {self.lost[:5]}")
        if self.again > self.allowed:
            found.append(f"{self.again:,} events arrived again, at most {self.allowed:,} may")
        if self.unreturned > self.kills:
            found.append(f"{self.unreturned:,} events arrived of calls that did not return, with {self.kills:,} kills")
        if self.most_files > SLOTS:
            found.append(f"{self.most_files} files")
        if not self.is_drained:
            found.append("the spool is not drained")
        return found + self.grown + [f"unbalanced: {book}" for book in self.unbalanced]

    def __str__(self):
        rate = self.again / max(1, self.kills)
        return (f"{self.way.name}: {self.kills:,} kills, {self.stops:,} stops, {self.accepted:,} accepted in the spool, "
                f"{self.unkept:,} in memory only, {len(self.lost)} lost, {self.again:,} arrived again ({rate:.2f} a kill, "
                f"one {self.most} times at most), at most {self.most_files} files")  # fmt: skip


def run_kills(way, kills, seed=1, **options):
    """`options` are those of all hosts."""
    with tempfile.TemporaryDirectory(prefix="tpc-spool-") as folder, Recorder() as recorder:
        hosts = Hosts(folder, recorder.url, **{"spool_sender": way.sender, "log_level": "off", **options})
        # Of each language: one that lives on, and two that are killed again and again.
        steady = [hosts.start(language) for language in LANGUAGES]
        mortal = [hosts.start(language) for language in LANGUAGES for _ in range(2)]
        try:
            rounds = _Rounds(way, hosts, recorder, steady, mortal, random.Random(seed))
            for _ in range(kills):
                rounds.one()
            recorder.accept()
            for process in steady + mortal:
                end(process)
            is_drained = hosts.drain()
        finally:
            for process in steady + mortal:
                process.kill()
                process.wait()
        return _compared(rounds, hosts, recorder, is_drained)


class _Rounds:
    """Kills and starts hosts; counts what was done."""

    def __init__(self, way, hosts, recorder, steady, mortal, chosen):
        self.way, self.kills, self.stops, self.outages, self.most_files = way, 0, 0, 0, 0
        self._hosts, self._recorder, self._steady, self._mortal, self._chosen = hosts, recorder, steady, mortal, chosen
        self._since, self._is_out = time.monotonic(), False
        self._samples = {process: [] for process in steady}

    def one(self):
        time.sleep(self._chosen.uniform(0, 0.1))
        self._change_weather()
        index = self._chosen.randrange(len(self._mortal))
        if self._chosen.random() < 0.1:
            self._stop(self._chosen.choice(self._mortal + self._steady))
        process = self._mortal[index]
        assert process.poll() is None, f"{process.args} ended with {process.returncode}: {self._hosts.log_lines()[-3:]}"
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.kills += 1
        self._mortal[index] = self._hosts.start(self._language(index))
        self.most_files = max(self.most_files, len(self._hosts.files()))
        if self.kills % 10 == 0:
            for one, samples in self._samples.items():
                samples.append(held(one))

    def grown(self):
        """Which of the hosts that live on hold more than in the first third."""
        found = []
        for process, samples in self._samples.items():
            first, later = samples[: len(samples) // 3], samples[len(samples) // 3 :]
            # A short run does not tell growth from a beginning.
            if len(samples) < 9:
                continue
            for what, before, after, most in zip(("descriptors", "KiB"), zip(*first), zip(*later), (MORE_DESCRIPTORS, MORE_MEMORY)):
                if max(after) - max(before) > most:
                    found.append(f"{process.args[-1]} went from {max(before):,} to {max(after):,} {what}")
        return found

    def _language(self, index):
        return LANGUAGES[index // 2 % len(LANGUAGES)]

    def _stop(self, process):
        process.send_signal(signal.SIGSTOP)
        time.sleep(self._chosen.uniform(0, 0.15))
        process.send_signal(signal.SIGCONT)
        self.stops += 1

    def _change_weather(self):
        is_out = self.way.outage is not None and (time.monotonic() - self._since) % 5 > 5 - self.way.lasts
        if is_out and not self._is_out:
            self.outages += 1
            self._recorder.refuse() if self.way.outage == "refuse" else self._recorder.fail(self.way.outage)
        if self._is_out and not is_out:
            self._recorder.accept()
        self._is_out = is_out


def _compared(rounds, hosts, recorder, is_drained):
    said, counts = hosts.said(), recorder.counts
    unlucky = rounds.kills * (IN_FLIGHT + TURN) + recorder.closed
    return Result(
        rounds.way, rounds.kills, rounds.stops, len(said.kept), len(said.unkept),
        lost=sorted(said.kept - set(counts)),
        unreturned=len(set(counts) - said.kept - said.unkept),
        again=sum(counts.values()) - len(counts),
        most=max(counts.values(), default=0),
        allowed=unlucky,
        most_files=rounds.most_files,
        is_drained=is_drained,
        grown=rounds.grown(),
        unbalanced=said.unbalanced,
    )  # fmt: skip
