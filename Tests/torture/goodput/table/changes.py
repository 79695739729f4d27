"""Servers and streams that change: what was learnt of them a moment ago may be wrong now."""

from ..law import HTTP2, Load, Outage, Row, Server
from ..seen import lowest_rate, undelivered

BOTH = ("HTTP/1.1", HTTP2)


def _between(start, end, within, otherwise):
    return lambda elapsed: within if start <= elapsed < end else otherwise


def _row(name, server, load, since, at_least, **options):
    return Row(f"changes: {name}, over {server.protocol}", server, load, lowest_rate(since, load.seconds), at_least, options=options)


ROWS = [
    *(
        row
        for protocol in BOTH
        for row in (
            _row("a quarter of the capacity for 20 s, while it lasts", Server(seconds=_between(10, 30, 0.2, 0.05), protocol=protocol),
                 Load(80, 30), 15, 0.9 * 40),
            _row("a quarter of the capacity for 20 s, behind it", Server(seconds=_between(10, 30, 0.2, 0.05), protocol=protocol),
                 Load(80, 50), 32, 0.9 * 80),
            _row("answers of 4 s at first", Server(seconds=_between(0, 20, 4, 0.05), protocol=protocol), Load(80, 50), 25, 0.9 * 80),
            _row("half of the requests die for 20 s, while they do",
                 Server(deaths=_between(10, 30, 0.5, 0), ways=("reset", 500), protocol=protocol), Load(40, 30), 15, 0.9 * 40),
            _row("nine requests in ten die for 20 s, behind it",
                 Server(deaths=_between(10, 30, 0.9, 0), ways=("reset", 500), protocol=protocol), Load(40, 60), 34, 0.9 * 40,
                 retry_max_ms=2000),
            _row("out for 2 s of every 4",
                 Server(outages=tuple(Outage(at, at + 2) for at in range(10, 50, 4)), protocol=protocol), Load(40, 50), 10, 0.9 * 40 / 2,
                 retry_max_ms=1000),
            _row("400 events every 5 s", Server(protocol=protocol), Load(80, 50, burst=400), 10, 0.9 * 80),
            _row("two clients in one process", Server(protocol=protocol), Load(80, 40, clients=2), 10, 0.9 * 80),
            _row("60 requests a second allowed, and 429 beyond", Server(allowance=60, protocol=protocol), Load(100, 50), 10, 0.9 * 60),
            _row("60 requests a second allowed, and 429 with Retry-After: 1 beyond",
                 Server(allowance=60, allowance_headers={"Retry-After": "1"}, protocol=protocol), Load(100, 50), 10, 0.9 * 60),
            _row("60 requests a second allowed, and 40 offered", Server(allowance=60, protocol=protocol), Load(40, 40), 10, 0.9 * 40),
            _row("1 event in 20 always gets a 503 with Retry-After: 1",
                 Server(is_poisoned=lambda number: number % 20 == 0, poison=503, poison_headers={"Retry-After": "1"}, protocol=protocol),
                 Load(40, 50), 10, 0.9 * 38),
        )
    ),
    _row("1 connection in 3 answers 500 at once", Server(is_broken=lambda number: number % 3 == 1), Load(40, 50), 10, 0.9 * 40),
    _row("requests time out where too many are under way", Server(workers=1, protocol=HTTP2), Load(80, 60), 20, 0.9 * 20,
         request_timeout_ms=2000),
    _row("1,000 streams at a server that queues them", Server(workers=5, protocol=HTTP2), Load(300, 60), 20, 0.9 * 100, max_in_flight=1000),
    _row("1,000 streams, of which it answers 50 a second", Server(workers=5, seconds=0.1, protocol=HTTP2), Load(300, 80), 30, 0.9 * 50,
         max_in_flight=1000),
    Row("changes: bursts of 1,200 events, which a server takes in 8 s, over HTTP/1.1", Server(), Load(60, 60, burst=1200, flush_ms=20_000),
        undelivered, at_most=0, unit="events not delivered"),
]
