"""Faults of many kinds in one run, as a seed has them: the same seed deals the same faults to the same requests."""

import random

from h2.errors import ErrorCodes
from support.servers import http2_actions as http2
from support.servers.actions import ACCEPT, BODY, HEADERS, HELLO, RESPONSE, Close, Flood, Hang, Raw, Reply, Reset

from .fault import HTTP1, HTTP2, TLS, Fault

ENDPOINTS = (HTTP1, TLS, HTTP2)
STATUSES = [302, 307, 400, 401, 403, 404, 407, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504, 505, 599]
HEADERS_BESIDE = [{}, {}, {}, {"Retry-After": "0"}, {"retry-after-ms": "10"}, {"Retry-After": "-3"},
                  {"Retry-After": "soon"}, {"x-should-retry": "true"}]  # fmt: skip
GARBAGE = bytes(range(256))


def mixture(seed, endpoint):
    """A row whose faults, their share and the sender's options come from the seed."""
    chance = random.Random(f"{seed} {endpoint}")
    share, accept_share = chance.uniform(0.05, 0.6), chance.uniform(0, 0.3)
    pick = _http2 if endpoint == HTTP2 else _http1

    def draw(number, purpose):
        return random.Random(f"{seed} {endpoint} {number} {purpose}")

    def answer(request, elsewhere):
        return pick(draw(request.number, "answer"), elsewhere)

    return Fault(
        f"mixture {seed} over {endpoint}",
        answer,
        when=lambda number: number <= 2 or draw(number, "whether").random() < share,
        on_accept=None if endpoint == HTTP2 else Cuts(draw, accept_share),
        endpoint=endpoint,
        delay=0.001,
        rejects=None,
        fails=None,
        options={
            "request_timeout_ms": 700,
            "max_connections": chance.randint(1, 16),
            "max_in_flight": chance.randint(1, 100),
            "retry_initial_ms": chance.randint(1, 10),
        },
    )


class Cuts:
    """What becomes of connections before a request is read, by their number; None for nothing."""

    def __init__(self, draw, share):
        self._draw, self._share = draw, share

    def __call__(self, number):
        chance = self._draw(number, "connection")
        if chance.random() >= self._share:
            return None
        return chance.choice([Reset(ACCEPT), Close(ACCEPT), Reset(HELLO), Close(HELLO), Raw(GARBAGE)])


def _http1(chance, elsewhere):
    roll = chance.random()
    if roll < 0.5:
        status = chance.choice(STATUSES)
        where = {"Location": elsewhere} if status < 400 else {}
        return Reply(status, {**where, **chance.choice(HEADERS_BESIDE)})
    if roll < 0.51:
        return Hang(chance.choice([HEADERS, BODY]))
    if roll < 0.75:
        return chance.choice([Reset, Close])(chance.choice([HEADERS, BODY, RESPONSE]))
    return chance.choice(
        [
            Raw(GARBAGE),
            Raw(b"HTTP/1.1 2", reset=chance.random() < 0.5),
            Raw(b"HTTP/1.1 200 OK\r\n\r\nhello"),
            Reply(body=GARBAGE),
            Reply(close=True),
            Reply(informational=chance.randint(1, 50)),
            Reply(declared_length=100_000),
            Reply(delay=chance.random() * 0.05),
            Flood(200_000),
        ]
    )


def _http2(chance, elsewhere):
    roll = chance.random()
    if roll < 0.5:
        status = chance.choice(STATUSES)
        where = {"location": elsewhere} if status < 400 else {}
        return http2.Reply(status, {**where, **chance.choice(HEADERS_BESIDE)})
    if roll < 0.51:
        return http2.Hang()
    if roll < 0.85:
        return http2.ResetStream(chance.choice(list(ErrorCodes)))
    return chance.choice(
        [
            http2.GoAway(answered=chance.random() < 0.5),
            http2.Disconnect(reset=chance.random() < 0.5),
            http2.HalfAnswer(),
            http2.LimitStreams(chance.randint(1, 100)),
            http2.Reply(body=GARBAGE),
            http2.Reply(delay=chance.random() * 0.05),
        ]
    )
