"""Servers and streams that change: what was learnt of them a moment ago may be wrong now."""

from ..law import HTTP2, RESET, Load, Outage, Row, Server
from ..seen import lowest_rate, mean_rate, undelivered

SHARE = 0.9


def _between(start, end, within, otherwise):
    """A value that differs for a while."""
    return lambda elapsed: within if start <= elapsed < end else otherwise


def _row(name, server, load, since, rate, is_by_chance=False, **options):
    """From `since` on, the stream is to have its share of this rate; on average where chance decides."""
    measure = (mean_rate if is_by_chance else lowest_rate)(since, load.seconds)
    return Row(f"changes: {name}, over {server.protocol}", server, load, measure, at_least=SHARE * rate, options=options)


def _of_both(protocol):
    def server(**changes):
        return Server(protocol=protocol, **changes)

    slower = server(seconds=_between(10, 30, 0.2, 0.05))
    slow_at_first = server(seconds=_between(0, 20, 4, 0.05))
    half_dead = server(deaths=_between(10, 30, 0.5, 0), ways=(RESET, 500))
    almost_dead = server(deaths=_between(10, 30, 0.9, 0), ways=(RESET, 500))
    on_and_off = server(outages=tuple(Outage(at, at + 2) for at in range(10, 50, 4)))
    asks_for_less = server(allowance=60)
    names_a_time = server(allowance=60, allowance_headers={"Retry-After": "1"})
    return [
        _row("a quarter of the capacity for 20 s, while it lasts", slower, Load(80, 30), 15, 40),
        _row("a quarter of the capacity for 20 s, and afterwards", slower, Load(80, 50), 32, 80),
        _row("answers of 4 s at first, and afterwards", slow_at_first, Load(80, 50), 25, 80),
        _row("half of the requests die for 20 s, while they do", half_dead, Load(40, 30), 15, 40, True),
        _row("nine requests in ten die for 20 s, and afterwards", almost_dead, Load(40, 60), 34, 40, retry_max_ms=2000),
        _row("out for 2 s of every 4", on_and_off, Load(40, 50), 10, 20, retry_max_ms=1000),
        _row("400 events every 5 s", server(), Load(80, 50, burst=400), 10, 80),
        _row("two clients in one process", server(), Load(80, 40, clients=2), 10, 80),
        _row("60 requests a second allowed, 40 offered", asks_for_less, Load(40, 40), 10, 40),
        _row("60 requests a second allowed, 100 offered, 429 beyond", asks_for_less, Load(100, 50), 10, 60),
        _row("60 requests a second allowed, 100 offered, Retry-After: 1 beyond", names_a_time, Load(100, 50), 10, 60),
    ]


BROKEN_AT_FIRST = Server(is_broken=lambda connection: connection % 3 == 1)
BROKEN_LATER = Server(is_broken=lambda connection: connection % 3 == 2)
BROKEN_FIRST_ONE = Server(is_broken=lambda connection: connection == 1, protocol=HTTP2)
ONE_WORKER = Server(workers=1, protocol=HTTP2)
DEEP_QUEUE = Server(workers=5, protocol=HTTP2)
DEEP_SLOW_QUEUE = Server(workers=5, seconds=0.1, protocol=HTTP2)

ROWS = [
    *_of_both("HTTP/1.1"),
    *_of_both(HTTP2),
    _row("1 connection in 3 answers 500 at once, the first as well", BROKEN_AT_FIRST, Load(40, 50), 15, 40, retry_max_ms=2000),
    _row("1 connection in 3 answers 500 at once, the second as well", BROKEN_LATER, Load(40, 50), 15, 40),
    _row("the first connection answers 500 for ever", BROKEN_FIRST_ONE, Load(40, 50), 15, 40, retry_max_ms=2000),
    _row("requests time out where too many are under way", ONE_WORKER, Load(80, 60), 20, 20, request_timeout_ms=2000),
    _row("1,000 streams, of which 100 a second are answered", DEEP_QUEUE, Load(300, 60), 20, 100, max_in_flight=1000),
    _row("1,000 streams, of which 50 a second are answered", DEEP_SLOW_QUEUE, Load(300, 80), 30, 50, max_in_flight=1000),
    Row(
        "changes: 1,200 events every 20 s, which take it 8 s, over HTTP/1.1",
        Server(),
        Load(60, 60, burst=1200, flush_ms=20_000),
        undelivered,
        at_most=0,
        unit="events not delivered",
    ),
]
