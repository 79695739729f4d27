"""A row: a server, a stream of events, and what has to become of them."""

from dataclasses import dataclass, field
from typing import Any, Callable, Optional

HTTP1, HTTP2 = "HTTP/1.1", "HTTP/2"

# Ways in which a request fails. Others are statuses.
RESET = "reset"  # the connection, or in HTTP/2 the stream, is reset
CLOSE = "close"  # the connection ends
SILENCE = "silence"  # no answer as long as anybody waits
REFUSAL = "refusal"  # nobody listens: an outage from the start only


@dataclass(frozen=True)
class Outage:
    """From `start` to `end`, in seconds of the stream, every request ends this way."""

    start: float
    end: float
    way: Any = 503
    headers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    """By itself one that answers 160 requests a second, 50 ms each."""

    workers: int = 8
    # How long each answer takes: a number, or a callable of the seconds since the start.
    seconds: Any = 0.05
    protocol: str = HTTP1
    outages: tuple = ()
    # Whether the event of this number is one that always gets `poison`.
    is_poisoned: Callable = lambda number: False
    poison: Any = 500
    # The share of requests that die at random: a number, or a callable of the seconds since the start; and how they die.
    deaths: Any = 0.0
    ways: tuple = (RESET, CLOSE, 500)
    # The replies of each event that are lost: the event is taken, the connection reset.
    lost_replies: int = 0
    # Connections that answer 500 at once, as a balancer's with a broken server behind them: whether this number is one.
    is_broken: Callable = lambda connection: False
    # Requests a second; beyond them it answers 429 at once, with these headers.
    allowance: Optional[float] = None
    allowance_headers: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Load:
    """`at_once` events, then `rate` a second, `burst` at a time, for `seconds`, shared among `clients`."""

    rate: float
    seconds: float
    at_once: int = 0
    burst: int = 1
    clients: int = 1
    # Milliseconds for the rest when the stream is over.
    flush_ms: int = 0
    # When the process is stopped, and for how long, in seconds.
    stopped: Optional[tuple] = None


@dataclass(frozen=True)
class Row:
    """`measure` takes a `seen.Seen`; its number has to be `at_least` or `at_most` the given one, in the best of `runs`."""

    name: str
    server: Server
    load: Load
    measure: Callable
    at_least: Optional[float] = None
    at_most: Optional[float] = None
    unit: str = "events/s"
    options: dict = field(default_factory=dict)
    runs: int = 1

    def holds(self, figure):
        return figure >= self.at_least if self.at_most is None else figure <= self.at_most

    @property
    def bound(self):
        return f"at least {self.at_least:g}" if self.at_most is None else f"at most {self.at_most:g}"
