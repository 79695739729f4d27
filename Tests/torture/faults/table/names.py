"""Host names that cannot be resolved, or only after a while."""

from ..fault import EXPIRED, Fault

HOST = "events.example"
INSECURE = {"allow_insecure_http": "true"}
NEVER = 1_000_000


def _row(name, plan, options=(), **more):
    options = {**INSECURE, **dict(options)}
    return Fault(f"names: {name}", host=HOST, preload="resolver", environment={"TPC_RESOLVER": plan}, options=options, **more)


FAULTS = [
    _row("a resolver that fails at first", "fail:8"),
    _row("a resolver that fails for ever", f"fail:{NEVER}", {"delivery_timeout_ms": 600}, ends=EXPIRED),
    _row("a host unknown at first", "unknown:8"),
    _row("a host unknown for ever", f"unknown:{NEVER}", {"delivery_timeout_ms": 600}, ends=EXPIRED),
    _row("a resolver that hangs at first", "hang:6", {"connect_timeout_ms": 150}),
    _row("a resolver that hangs for ever", f"hang:{NEVER}", {"connect_timeout_ms": 150, "delivery_timeout_ms": 600},
         ends=EXPIRED),  # fmt: skip
]
