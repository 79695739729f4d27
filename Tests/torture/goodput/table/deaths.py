"""Requests and replies that die at random: that costs time, and no event."""

from ..law import HTTP2, Load, Row, Server
from ..seen import counter, lowest_rate

SHARE = 1 / 3
WARM, SECONDS = 10, 50


def _row(capacity, rate, protocol="HTTP/1.1", workers=8, **options):
    answers = capacity * (1 - SHARE)
    return Row(
        f"deaths: 1 request in 3 at random, {rate}/s at a server that answers {answers:.0f}/s, over {protocol}",
        Server(workers=workers, deaths=SHARE, protocol=protocol, ways=("reset", 500) if protocol == HTTP2 else Server.ways),
        Load(rate, SECONDS),
        lowest_rate(WARM, SECONDS),
        at_least=0.9 * min(answers, rate),
        options=options,
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
    *(_row(160, rate) for rate in (50, 106, 212)),
    *(_row(300, rate, HTTP2, 15) for rate in (100, 200, 400)),
    *(_lost_replies(protocol) for protocol in ("HTTP/1.1", HTTP2)),
]
