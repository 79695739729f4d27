"""TLS that fails. A server that is not trusted, for whatever reason, is sent nothing."""

from support.servers.actions import ACCEPT, BODY, HELLO, RESPONSE, Close, Hang, Raw, Reply, Reset

from ..fault import EXPIRED, TLS, Fault, always, often, seldom

GIVES_UP = {"delivery_timeout_ms": 900}
SHORT = {"request_timeout_ms": 600, "connect_timeout_ms": 400}
CLOSING = Reply(headers={"Connection": "close"})
# TLS 1.2: a fatal alert, handshake_failure; and a record whose length is beyond what may be.
ALERT = bytes.fromhex("1503030002 0228")
LONG_RECORD = bytes.fromhex("160303ffff") + bytes(100)


def _certificate(kind, when):
    name = f"certificate: {kind.replace('_', ' ')}"
    if when is always:
        return Fault(f"{name} for ever", certificate=kind, when=when, ends=EXPIRED, endpoint=TLS, options=GIVES_UP)
    return Fault(name, certificate=kind, when=when, endpoint=TLS)


def _handshake(name, action, **more):
    return Fault(f"handshake {name}", on_accept=action, endpoint=TLS, **more)


FAULTS = [
    *(
        _certificate(kind, when)
        for when in (often, always)
        for kind in ("expired", "wrong_host", "unknown_authority")
    ),
    _handshake("reset on accept", Reset(ACCEPT)),
    _handshake("closed on accept", Close(ACCEPT)),
    _handshake("reset in its middle", Reset(HELLO)),
    _handshake("closed in its middle", Close(HELLO)),
    _handshake("without an answer", Hang(HELLO), when=seldom, options=SHORT),
    _handshake("answered with garbage", Raw(bytes(range(256)))),
    _handshake("answered in plain HTTP", Raw(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")),
    _handshake("answered with an alert", Raw(ALERT)),
    _handshake("answered with a record too long", Raw(LONG_RECORD)),
    Fault("reset within TLS after the request", Reset(BODY), endpoint=TLS),
    Fault("closed within TLS after the request", Close(BODY), endpoint=TLS),
    Fault("cut within TLS in the answer's body", Close(RESPONSE), endpoint=TLS, odd=True, fails=False),
    Fault("status 503 within TLS", Reply(503), endpoint=TLS),
]
