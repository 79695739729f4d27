"""Wall clocks that somebody sets while events are on their way, and an hour's outage on a clock that runs fast."""

from support.servers.actions import Reply

from ..fault import EXPIRED, TLS, Fault, always
from .retry_after import dated

YEAR = 31_556_952
HOUR = 3600


def _steps(name, *years, **more):
    steps = " ".join(str(int(step * YEAR)) for step in years)
    return Fault(f"wall clock {name}", preload="clock", environment={"TPC_CLOCK_STEPS": steps}, **more)


FAULTS = [
    _steps("ten years ahead and back again", 0, 10, answer=Reply(503)),
    _steps("ten years behind and back again", 0, -10, answer=Reply(503)),
    _steps("before 1970 and back again", 0, -70, 0, answer=Reply(503)),
    _steps("beyond 2038 and 2106, to and fro", 0, 30, -30, 100, -50, 400, answer=Reply(503)),
    _steps("ten years ahead of a Retry-After's date", *[10] * 40, answer=dated(60)),
    _steps("ten years behind a Retry-After's date", *[-10] * 40, answer=dated(1), when=always, ends=EXPIRED,
           options={"delivery_timeout_ms": 600}),  # fmt: skip
    # Certificates have run out, or do not hold yet, until the clock is set right.
    _steps("ten years ahead under TLS", 10, 10, endpoint=TLS, fails=None),
    Fault("a server gone for an hour", preload="clock", outage_seconds=HOUR,
          environment={"TPC_CLOCK_SPEED": "1800"},
          options={"retry_initial_ms": 500, "retry_max_ms": 30_000, "delivery_timeout_ms": 24 * HOUR * 1000,
                   "request_timeout_ms": 600_000, "connect_timeout_ms": 600_000}),  # fmt: skip
]
