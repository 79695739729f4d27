"""A row of the fault table: what goes wrong, for which requests, and how the events have to end."""

from dataclasses import dataclass, field
from typing import Any, Optional

from support.servers.actions import Reply

# Long enough to open the circuit breaker, which five failures in a row do.
OUTAGE = 6


def often(number):
    """An outage at the beginning, and then a fault every now and then: the breaker closed, and requests side by side."""
    return number <= OUTAGE or number % 7 == 0


def seldom(number):
    """An outage at the beginning, and faults further apart, for those that take their time."""
    return number <= OUTAGE or number % 200 == 0


def once(number):
    """The first one only."""
    return number == 1


def after_some(number):
    """Two requests among those of an ordinary stream."""
    return number in (20, 45)


def always(_number):
    """Nothing ever gets through."""
    return True


# How all events end, except for those that a fault is the end of: the name of the counter.
DELIVERED = "delivered"
EXPIRED = "expired"
ABANDONED = "undelivered"
SPOOLED = "spooled"

# The kinds of endpoint.
HTTP1 = "HTTP/1.1"
TLS = "HTTP/1.1 over TLS"
HTTP2 = "HTTP/2"
NOBODY = "a port where nobody listens"
SWALLOWED = "a port that never completes a connection"


@dataclass(frozen=True)
class Fault:
    """One row. Numbers of requests and connections begin at 1."""

    name: str
    # What a faulty request is answered with: an action of servers.actions or of servers.http2_actions, or a callable that
    # gives one for the request and the URL of another server, which nothing may ever reach.
    answer: Any = None
    # What becomes of a faulty connection before a request is read: an action, or a callable that gives one or None for
    # each connection's number, faulty or not; and a kind of bad certificate.
    on_accept: Any = None
    certificate: Optional[str] = None
    # What happens to a faulty connection to the proxy: an action, or a status that its requests are answered with.
    at_proxy: Any = None
    # Which requests and connections are faulty.
    when: Any = often
    # What the others are answered with.
    otherwise: Reply = field(default_factory=Reply)
    endpoint: str = HTTP1
    # Seconds that every HTTP/2 answer takes, so that streams are open side by side.
    delay: float = 0.0

    ends: str = DELIVERED
    # Each faulty answer ends one event: the server refused it permanently. None: some do.
    rejects: Optional[bool] = False
    # Each faulty answer delivers its event all the same, and counts as an odd one.
    odd: bool = False
    # Whether requests fail by it at all; None where that depends on the moment.
    fails: Optional[bool] = True

    options: dict = field(default_factory=dict)
    # The host's name in the URL, instead of 127.0.0.1.
    host: Optional[str] = None
    # User and password for the proxy, "user:password", and what the client shows it.
    proxy_credential: Optional[str] = None
    proxy_user: str = ""
    # A program of programs/ that is preloaded into the sender, and its variables.
    preload: Optional[str] = None
    environment: dict = field(default_factory=dict)
    # Seconds of the sender's clock that nobody listens for at first; None: the server is there from the beginning.
    outage_seconds: Optional[int] = None
    # Close is called at once with this much time, in milliseconds.
    close_ms: Optional[int] = None
