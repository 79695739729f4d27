"""Outages shorter and longer than an event lives: the stream is back within the longest pause between probes."""

from ..law import HTTP2, REFUSAL, RESET, SILENCE, Load, Outage, Row, Server
from ..seen import lowest_rate

RATE = 80
# Pauses of at most a second, and a probe that hangs takes two.
OPTIONS = {"delivery_timeout_ms": 8000, "request_timeout_ms": 2000, "retry_max_ms": 1000}
BACK_WITHIN = 4


def _row(name, way, start, end, protocol="HTTP/1.1", headers=None, **more):
    outage = Outage(start, end, way, headers or {})
    return Row(
        f"outage: {name}, {end - start} s of it, over {protocol}",
        Server(protocol=protocol, outages=(outage,), **more),
        Load(RATE, end + BACK_WITHIN + 20),
        lowest_rate(end + BACK_WITHIN, end + BACK_WITHIN + 20),
        at_least=0.9 * RATE,
        options=OPTIONS,
    )


ROWS = [
    _row("nobody listens at first", REFUSAL, 0, 12),
    _row("nobody listens at first", REFUSAL, 0, 3),
    *(
        _row(f"{name} {when}", way, start, start + seconds, protocol)
        for protocol in ("HTTP/1.1", HTTP2)
        for name, way in (("silence", SILENCE), ("resets", RESET), ("503s", 503), ("429s", 429))
        for when, start in (("from the start", 0), ("in the middle", 10))
        for seconds in ((3, 12) if when == "in the middle" else (12,))
    ),
    _row("503s with Retry-After: 1 in the middle", 503, 10, 22, headers={"Retry-After": "1"}),
    _row("401s in the middle", 401, 10, 22),
    Row(
        "outage: all defaults, nobody listens for 320 s",
        Server(seconds=0.1, outages=(Outage(0, 320, REFUSAL),)),
        Load(30, 420),
        # A pause of 30 s, and the connection's own time.
        lowest_rate(355, 420),
        at_least=27,
    ),
]
