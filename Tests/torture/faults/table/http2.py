"""HTTP/2: streams and connections that are refused, reset, limited and said goodbye to."""

from h2.errors import ErrorCodes
from support.servers.http2_actions import Disconnect, GoAway, HalfAnswer, Hang, LimitStreams, Raw, Reply, ResetStream, Silence

from ..fault import EXPIRED, HTTP2, Fault, after_some, always, once, seldom

# Frames that break the protocol: DATA on stream 0, a window beyond what may be, a type that nobody knows (to be ignored).
DATA_ON_NO_STREAM = bytes.fromhex("000001 00 00 00000000 78")
WINDOW_OVERFLOW = bytes.fromhex("000004 08 00 00000000 7fffffff")
UNKNOWN_FRAME = bytes.fromhex("000003 77 00 00000000 616263")


def _row(name, answer, **more):
    return Fault(f"HTTP/2: {name}", answer, endpoint=HTTP2, **{"delay": 0.001, **more})


FAULTS = [
    _row("goodbye after the answer", GoAway(answered=True), when=seldom, fails=None),
    _row("goodbye without the answer", GoAway(answered=False), when=seldom, fails=None),
    _row("goodbye, enhance your calm", GoAway(False, ErrorCodes.ENHANCE_YOUR_CALM), when=seldom, fails=None),
    _row("goodbye, internal error", GoAway(False, ErrorCodes.INTERNAL_ERROR), when=seldom, fails=None),
    *(
        _row(f"stream reset with {code.name}", ResetStream(code), fails=None)
        for code in (
            ErrorCodes.NO_ERROR, ErrorCodes.PROTOCOL_ERROR, ErrorCodes.INTERNAL_ERROR, ErrorCodes.FLOW_CONTROL_ERROR,
            ErrorCodes.STREAM_CLOSED, ErrorCodes.REFUSED_STREAM, ErrorCodes.CANCEL, ErrorCodes.ENHANCE_YOUR_CALM,
            ErrorCodes.HTTP_1_1_REQUIRED,
        )
    ),
    _row("every stream refused for ever", ResetStream(), when=always, ends=EXPIRED, options={"delivery_timeout_ms": 900}),
    _row("stream reset in the answer's body", HalfAnswer(), fails=None),
    _row("connection closed", Disconnect(), when=seldom),
    _row("connection reset", Disconnect(reset=True), when=seldom),
    _row("the connection goes silent after some answers", Silence(), when=after_some, options={"request_timeout_ms": 500}),
    _row("the connection goes silent after some answers, its machine gone", Silence(gone=True), when=after_some,
         options={"request_timeout_ms": 500}),  # fmt: skip
    _row("stream without an answer", Hang(), when=seldom, options={"request_timeout_ms": 500}),
    _row("limit lowered to 3 streams", LimitStreams(3), when=lambda number: number == 40, fails=False),
    _row("limit of one stream", LimitStreams(1), when=once, fails=False),
    _row("limit of no streams for a moment", LimitStreams(0, seconds=0.3), when=lambda number: number == 20, fails=None),
    _row("data on no stream", Raw(DATA_ON_NO_STREAM), when=seldom, options={"request_timeout_ms": 2000}),
    _row("a window beyond its bound", Raw(WINDOW_OVERFLOW), when=seldom, options={"request_timeout_ms": 2000}),
    _row("status 503", Reply(503)),
    _row("status 429", Reply(429, {"retry-after-ms": "5"})),
    _row("status 422", Reply(422), rejects=True),
    _row("200 with garbage", Reply(body=bytes(range(256))), odd=True, fails=False),
]
