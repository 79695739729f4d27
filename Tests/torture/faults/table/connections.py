"""Connections that are never made, end, or stall."""

from support.servers.actions import ACCEPT, BODY, HEADERS, HELLO, RESPONSE, Close, Hang, Raw, Reply, Reset, Silence

from ..fault import ABANDONED, EXPIRED, HTTP1, NOBODY, SWALLOWED, TLS, Fault, after_some, always, once, seldom

# So that giving up does not take long: for faults that stall.
SHORT = {"request_timeout_ms": 300}
GIVES_UP = {"delivery_timeout_ms": 600}
HALF_A_HEAD = b"HTTP/1.1 200 OK\r\nContent-Ty"

FAULTS = [
    Fault("connection refused until somebody listens", outage_seconds=0),
    Fault("connection refused for ever", endpoint=NOBODY, ends=EXPIRED, options=GIVES_UP),
    Fault("connection refused, and a close", endpoint=NOBODY, ends=ABANDONED, close_ms=300, fails=None),
    Fault("connection swallowed for ever", endpoint=SWALLOWED, ends=EXPIRED,
          options={**GIVES_UP, "connect_timeout_ms": 150}),  # fmt: skip
    Fault("reset on accept", on_accept=Reset(ACCEPT), otherwise=Reply(headers={"Connection": "close"})),
    Fault("closed on accept", on_accept=Close(ACCEPT), otherwise=Reply(headers={"Connection": "close"})),
    Fault("reset at the first bytes", on_accept=Reset(HELLO), otherwise=Reply(headers={"Connection": "close"})),
    Fault("half-open connection", on_accept=Hang(ACCEPT), when=seldom, options=SHORT),
    Fault("half-open connection for ever", on_accept=Hang(ACCEPT), when=always, ends=EXPIRED,
          options={**SHORT, **GIVES_UP}),  # fmt: skip
    Fault("half-open connection, and a close", on_accept=Hang(ACCEPT), when=always, ends=ABANDONED, close_ms=300,
          fails=None),  # fmt: skip
    Fault("reset after the request's head", Reset(HEADERS)),
    Fault("closed after the request's head", Close(HEADERS)),
    Fault("silence after the request's head", Hang(HEADERS), when=seldom, options=SHORT),
    Fault("reset after the request", Reset(BODY)),
    Fault("closed after the request", Close(BODY)),
    Fault("silence after the request", Hang(BODY), when=seldom, options=SHORT),
    *(
        Fault(f"{name}: a connection goes silent after some answers{state}", Silence(gone), when=after_some, endpoint=kind,
              options={"request_timeout_ms": 500})  # fmt: skip
        for name, kind in (("plain", HTTP1), ("TLS", TLS))
        for state, gone in (("", False), (", its machine gone", True))
    ),
    Fault("closed in the answer's first line", Raw(b"HTTP/1.1 2")),
    Fault("reset in the answer's first line", Raw(b"HTTP/1.1 2", reset=True)),
    # A status that came is an answer; a reset can take it away again before it is read.
    Fault("closed in the answer's head", Raw(HALF_A_HEAD), fails=None),
    Fault("reset in the answer's head", Raw(HALF_A_HEAD, reset=True), fails=None),
    Fault("closed in the answer's body", Close(RESPONSE), odd=True, fails=False),
    Fault("reset in the answer's body", Reset(RESPONSE), fails=None),
    Fault("silence in the answer's body", Hang(RESPONSE), when=once, odd=True, fails=False,
          options={"request_timeout_ms": 2000}),  # fmt: skip
    Fault("an answer that trickles", Reply(interval=0.1), when=seldom, options=SHORT),
    Fault("an answer that comes too late", Reply(delay=0.4), when=seldom, options=SHORT),
    Fault("a kept connection closed without a word", Reply(close=True), fails=None),
    Fault("every kept connection closed without a word", Reply(close=True), when=always, fails=None),
    Fault("a close announced after each answer", Reply(headers={"Connection": "close"}), when=always, fails=False),
]
