"""Events that always fail, among others: those are delivered as they come."""

from ..law import CLOSE, HTTP2, RESET, SILENCE, Load, Row, Server
from ..seen import share_of_the_others

WARM, SECONDS = 5, 65


def _row(name, every, way, rate=40, at_least=0.95, protocol="HTTP/1.1", **options):
    return Row(
        f"poison: 1 event in {every} always gets {name}, over {protocol}",
        Server(is_poisoned=lambda number: number % every == 0, poison=way, protocol=protocol),
        Load(rate, SECONDS),
        share_of_the_others(WARM, SECONDS),
        at_least=at_least,
        unit="of the others delivered",
        options=options,
    )


ROWS = [
    *(
        row
        for protocol in ("HTTP/1.1", HTTP2)
        for row in (
            _row("a 500", 20, 500, protocol=protocol),
            _row("a 500", 5, 500, protocol=protocol),
            _row("a 500", 2, 500, at_least=0.9, protocol=protocol),
            _row("a 403", 5, 403, protocol=protocol),
            _row("a 403", 2, 403, at_least=0.9, protocol=protocol),
            _row("a reset", 5, RESET, protocol=protocol),
            _row("a reset", 2, RESET, at_least=0.9, protocol=protocol),
            # Each holds a connection up for a second.
            _row("silence", 5, SILENCE, rate=20, protocol=protocol, request_timeout_ms=1000),
        )
    ),
    _row("a close", 5, CLOSE),
]
