"""Hosts that are hard to be a guest of, as data: the program, and its arguments in the quick and in the long form."""

import itertools
import pathlib
from dataclasses import dataclass, field

from library.delivery import programs

FOLDER = pathlib.Path(__file__).resolve().parent / "programs"
STREAMS = ["".join(some) for count in (1, 2, 3) for some in itertools.combinations("012", count)]


@dataclass(frozen=True)
class Host:
    """`connections` is how many the server sees, where that shows whether something got into one of them."""

    name: str
    program: str
    quick: tuple = ()
    long: tuple = ()
    options: dict = field(default_factory=dict, hash=False)
    connections: int = None
    folder: pathlib.Path = FOLDER

    def command(self, arguments):
        return [programs.compiled(self.program, self.folder), *arguments]


HOSTS = [
    Host("that looks whether all it had is as it was", "guest", (5,), (500,), folder=programs.FOLDER),
    Host("that starts programs all the while", "guest", ("descriptors",), ("descriptors",), folder=programs.FOLDER),
    Host("that opens and closes clients, counting", "cycles", (60,), (1000,), folder=programs.FOLDER),
    Host("that a signal interrupts every millisecond", "signals", (500,), (60_000,)),
    Host("that closes in a handler that interrupts a track", "interrupted", ("close", 20), ("close", 20)),
    Host("that forks in a handler that interrupts a track", "interrupted", ("fork", 20), ("fork", 20)),
    Host("whose lock is safe for forks", "fork_safe_lock", (4,), (400,)),
    Host("whose thread does not return from a call", "stuck_caller", (8,), (64,)),
    Host("with a libcurl that waits for its resolver", "old_libcurl", (10,), (1000,)),
    Host("whose threads are cancelled in calls", "cancelled", (200,), (20_000,)),
    Host("whose standard error is a broken pipe", "broken_log", (5,), (200,)),
    Host("without descriptors", "exhausted", ("descriptors", 3), ("descriptors", 1)),
    Host("without address space", "exhausted", ("memory", 256), ("memory", 4)),
    Host("that makes pairs of sockets all the while", "shared_numbers", ("pairs", 100), ("pairs", 2000)),
    Host("that opens a standard stream all the while", "shared_numbers", ("stream", 100), ("stream", 2000)),
    Host("with 4 MiB of thread-local variables", "thread_locals"),
    Host("with stacks of 64 KiB", "small_stack", (64,), (64,), {"max_event_bytes": 1 << 20}),
    *(Host(f"that closed {some}", "streams", (some,), (some,), {"max_in_flight": 1}, 3) for some in STREAMS),
]
