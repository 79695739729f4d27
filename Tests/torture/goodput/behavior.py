"""What a row's server does to each request: a script for FaultServer and Http2Server."""

import collections
import json
import random
import time

from h2.errors import ErrorCodes
from support.servers import actions, http2_actions

from .capacity import Allowance, Capacity
from .law import CLOSE, HTTP2, RESET, SILENCE

# Longer than any request of the rows waits.
SILENCE_SECONDS = 30.0
SEED = 1


class Behavior:
    """Call it with each request. `answers` are what became of them: seconds since the start, the event's number, the way."""

    def __init__(self, server, began):
        self._server, self._began = server, began
        self._capacity = Capacity(server.workers, server.seconds)
        self._allowance = Allowance(server.allowance) if server.allowance is not None else None
        self._arrivals = collections.Counter()
        # Reads a request's body where the server has not done so before it asks.
        self.read_body = lambda request: None
        self.answers = []

    def __call__(self, request):
        elapsed = time.monotonic() - self._began
        self.read_body(request)
        event = int(json.loads(request.body)["eventId"])
        self._arrivals[event] += 1
        way, headers, delay = self._way(event, request, elapsed)
        self.answers.append((elapsed + delay, event, way))
        return self._action(way, headers, delay)

    def _way(self, event, request, elapsed):
        server = self._server
        for outage in server.outages:
            if outage.start <= elapsed < outage.end:
                return outage.way, outage.headers, 0.0
        if self._allowance is not None and not self._allowance.takes(elapsed):
            return 429, server.allowance_headers, 0.0
        if server.is_broken(request.connection):
            return 500, {}, 0.0
        delay = self._capacity.delay(elapsed)
        if server.is_poisoned(event):
            return server.poison, {}, delay
        if self._arrivals[event] <= server.lost_replies:
            return RESET, {}, delay
        chance = random.Random(f"{SEED} {request.number}")
        if chance.random() < (server.deaths(elapsed) if callable(server.deaths) else server.deaths):
            return chance.choice(server.ways), {}, delay
        return 200, {}, delay

    def _action(self, way, headers, delay):
        kind = http2_actions if self._server.protocol == HTTP2 else actions
        if way == SILENCE:
            return kind.Reply(delay=SILENCE_SECONDS)
        if way not in (RESET, CLOSE):
            return kind.Reply(way, headers, delay=delay)
        if kind is http2_actions:
            # Not REFUSED_STREAM: libcurl leaves the connection then, and asks again on another one by itself.
            return kind.ResetStream(ErrorCodes.INTERNAL_ERROR) if way == RESET else kind.Disconnect()
        return (kind.Reset if way == RESET else kind.Close)(actions.BODY, delay)
