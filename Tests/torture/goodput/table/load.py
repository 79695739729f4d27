"""A server with a capacity, and less, as much and more offered than it takes: 0.9 of the smaller one is delivered."""

from ..law import HTTP2, Load, Row, Server
from ..seen import lowest_rate

SHARE = 0.9
# Seconds until a stream is warm.
WARM = 10


def _row(name, capacity, rate, server, seconds=40, **options):
    return Row(
        f"load: {name}, {rate}/s at a server that takes {capacity}/s",
        server,
        Load(rate, seconds),
        lowest_rate(WARM, seconds),
        at_least=SHARE * min(capacity, rate),
        options=options,
    )


EIGHT = Server()
MANY = Server(workers=10, protocol=HTTP2)

ROWS = [
    *(_row("8 connections", 160, rate, EIGHT) for rate in (80, 160, 320)),
    *(_row("HTTP/2", 200, rate, MANY) for rate in (100, 200, 400)),
    _row("8 connections, and events live for 8 s", 160, 320, EIGHT, 60, delivery_timeout_ms=8000),
    _row("HTTP/2, and events live for 8 s", 200, 400, MANY, 60, delivery_timeout_ms=8000),
    _row("one connection, and events live for 8 s", 20, 40, EIGHT, 60, max_connections=1, delivery_timeout_ms=8000),
]
