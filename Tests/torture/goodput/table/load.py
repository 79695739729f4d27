"""A server with a capacity, and less, as much and more offered than it takes: 0.9 of the smaller one is delivered."""

from ..law import HTTP2, Load, Row, Server
from ..seen import lowest_rate

SHARE = 0.9
# Seconds until a stream is warm.
WARM = 10


def _row(name, capacity, rate, server, seconds=40, at_least=None, **options):
    return Row(
        f"load: {name}, {rate}/s at a server that takes {capacity}/s",
        server,
        Load(rate, seconds),
        lowest_rate(WARM, seconds),
        at_least=at_least or SHARE * min(capacity, rate),
        options=options,
    )


# Answers take long enough that what this machine adds to each does not matter.
EIGHT = Server(workers=8, seconds=0.2)
MANY = Server(workers=20, seconds=0.2, protocol=HTTP2)
SHORT_LIVED = {"delivery_timeout_ms": 8000}

ROWS = [
    *(_row("8 connections", 40, rate, EIGHT) for rate in (20, 40, 80)),
    *(_row("HTTP/2", 100, rate, MANY) for rate in (50, 100, 200)),
    _row("8 connections, and events live for 8 s", 40, 80, EIGHT, 60, **SHORT_LIVED),
    _row("HTTP/2, and events live for 8 s", 100, 200, MANY, 60, **SHORT_LIVED),
    # What a connection adds to each answer of 50 ms does matter here.
    _row("one connection, and events live for 8 s", 20, 40, Server(), 60, at_least=14, max_connections=1, **SHORT_LIVED),
]
