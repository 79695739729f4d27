"""Requests and replies that die at random: that costs time, and no event."""

from ..law import HTTP2, RESET, Load, Row, Server
from ..seen import counter, mean_rate

SHARE = 1 / 3
WARM, SECONDS = 10, 50
# An answer takes long enough that what this machine adds to it does not matter.
SECONDS_EACH = 0.2


def _row(workers, rate, protocol="HTTP/1.1"):
    answers = workers / SECONDS_EACH * (1 - SHARE)
    ways = (RESET, 500) if protocol == HTTP2 else Server.ways
    return Row(
        f"deaths: 1 request in 3 at random, {rate}/s at a server that answers {answers:.0f}/s, over {protocol}",
        Server(workers=workers, seconds=SECONDS_EACH, deaths=SHARE, protocol=protocol, ways=ways),
        Load(rate, SECONDS),
        mean_rate(WARM, SECONDS),
        at_least=0.9 * min(answers, rate),
    )


def _lost_replies(protocol):
    return Row(
        f"deaths: the first two replies of each of 100 events, over {protocol}",
        Server(lost_replies=2, protocol=protocol),
        Load(0, 0, at_once=100, flush_ms=50_000),
        counter("delivered"),
        at_least=100,
        unit="of 100 events within 50 s",
        options={"retry_initial_ms": 50},
    )


ROWS = [
    *(_row(8, rate) for rate in (13, 26, 52)),
    *(_row(30, rate, HTTP2) for rate in (50, 100, 200)),
    *(_lost_replies(protocol) for protocol in ("HTTP/1.1", HTTP2)),
]
