"""What else a host may count on: calls that do not wait, events that outlive a freeze, outages that cost little."""

from ..law import HTTP2, Load, Outage, Row, Server
from ..seen import counter, longest_track

FAST = 0.001


def _outage(name, at_once, protocol, at_most):
    """200 events queued while a server answers 503 for 40 s, after `at_once` events that it took."""
    return Row(
        f"limits: 40 s of 503s, {name}, over {protocol}",
        Server(workers=100, seconds=FAST, protocol=protocol, outages=(Outage(15 if at_once else 0, 55 if at_once else 40),)),
        Load(5, 56 if at_once else 41, at_once=at_once or 200),
        counter("failed"),
        at_most=at_most,
        unit="failed requests",
        options={},
    )


ROWS = [
    _outage("cold", 0, "HTTP/1.1", 40),
    _outage("cold", 0, HTTP2, 40),
    _outage("warm", 5000, "HTTP/1.1", 40),
    _outage("warm", 5000, HTTP2, 200),
    Row(
        "limits: stopped for 4 s in the middle of 1,000 events that live for 2 s",
        Server(),
        Load(0, 8, at_once=1000, stopped=(0.5, 4), flush_ms=10_000),
        counter("expired"),
        at_most=0,
        unit="events expired",
        options={"delivery_timeout_ms": 2000},
    ),
    Row(
        "limits: 12,000 of 24,000 events, whose retries expire together",
        Server(workers=100, seconds=0, is_poisoned=lambda number: number % 2 == 0),
        Load(200, 40, at_once=24_000),
        longest_track,
        at_most=25,
        unit="ms in the slowest call of track",
        options={
            "queue_max_events": 1_000_000,
            "queue_max_bytes": 1 << 30,
            "retry_initial_ms": 600_000,
            "retry_max_ms": 600_000,
            "delivery_timeout_ms": 30_000,
        },
        runs=3,
    ),
]
