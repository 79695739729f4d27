"""An endpoint that takes thousands of events a second, and keeps which pages they are of."""

import asyncio
import contextlib
import re
import threading
import time

from support.servers.contract import body_for
from support.servers.ports import held_port

# What it does with a request.
TAKES, REFUSES, HANGS = "takes", "refuses", "hangs"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
EVENT_ID = re.compile(rb'"eventId":"([^"]+)"')
PAGE = re.compile(rb'"href":"https?://[^/"]+/page/(\d+)"')
# Seconds. Only a rig that fails waits this long.
PATIENCE = 60


class Endpoint:
    """Listens on a loopback port of its own, in a thread, until the `with` block ends.

    `behavior` is one of the above, from the next request on. `taken` are the events that it answered with 200, as pairs of the
    page's number and the event's id, in their order; a page without a number is None. `requests` counts all.
    """

    def __init__(self, behavior=TAKES):
        self.behavior, self.taken, self.requests = behavior, [], 0
        self._connections = set()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.port = stack.enter_context(held_port())
            self.url = f"http://127.0.0.1:{self.port}"
            self._loop = asyncio.new_event_loop()
            stack.callback(self._loop.close)
            thread = threading.Thread(target=self._loop.run_forever)
            thread.start()
            stack.callback(thread.join)
            stack.callback(self._loop.call_soon_threadsafe, self._loop.stop)
            self.up()
            stack.callback(self.down)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def up(self):
        """Listens again."""
        self._server = self._do(self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, backlog=1024))

    def down(self):
        """Listens no longer, and closes every connection."""

        async def close():
            if self._server is not None:
                self._server.close()
            for transport in list(self._connections):
                transport.abort()

        self._do(close())
        self._server = None

    def wait_for(self, pages):
        """Waits until all of these pages have arrived; returns whether they have."""
        return self.wait_until(lambda: pages <= {page for page, _ in list(self.taken)})

    def wait_until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _do(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)


class _Connection(asyncio.Protocol):
    """One of HTTP/1.1: a request at a time."""

    def __init__(self, endpoint):
        self._endpoint, self._bytes = endpoint, b""

    def connection_made(self, transport):
        self._transport = transport
        self._endpoint._connections.add(transport)

    def connection_lost(self, error):
        self._endpoint._connections.discard(self._transport)

    def data_received(self, data):
        self._bytes += data
        head, found, body = self._bytes.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if found and length and len(body) >= int(length[1]):
            self._bytes = b""
            self._answer(body)

    def _answer(self, body):
        endpoint = self._endpoint
        endpoint.requests += 1
        if endpoint.behavior == HANGS:
            return
        status = 200 if endpoint.behavior == TAKES else 401
        if status == 200:
            page = PAGE.search(body)
            endpoint.taken.append((int(page[1]) if page else None, EVENT_ID.search(body)[1].decode()))
        answer = body_for(status, body)
        self._transport.write(b"HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(answer), answer))
