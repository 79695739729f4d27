"""An HTTP/1.1 server that does to its clients what a framework cannot: cuts, stalls, floods and lies.

    with FaultServer([Reply(503), Reset(RESPONSE)]) as server:
        ...send to server.url...
        server.wait_until(lambda: len(server.requests) == 3)

`script` says what happens to each request, once its head is read. It is a list of actions, taken in the order in
which requests arrive and followed by ordinary 200s; or a callable that is given the Request and returns an action,
having called `server.read_body(request)` first if the body matters to it. `on_accept`, a list or a callable that is
given the connection's number, says what happens to a connection before a request is read: Reset, Close or Hang at
ACCEPT or HELLO, Raw for bytes in answer to its first ones, or None for nothing. Scripts run in the connections' threads,
one at a time.

Every request whose head came in is in `requests`, in order of arrival, as soon as its head is read and with its body
once that is. `connections` counts what was accepted.
"""

import http
import threading

from . import contract
from .actions import ACCEPT, BODY, HEADERS, HELLO, RESPONSE, Close, Flood, Hang, Raw, Reply, Reset, Silence
from .http1 import Reader, Request
from .threaded_server import ThreadedServer

__all__ = ["ACCEPT", "BODY", "HEADERS", "HELLO", "RESPONSE", "Close", "FaultServer", "Flood", "Hang", "Raw", "Reply",
           "Request", "Reset", "Silence"]  # fmt: skip

FLOOD_PIECE = b"x" * 65536


class FaultServer(ThreadedServer):
    """See the module. With `tls`, an ssl.SSLContext or a callable that gives one for a connection's number, it speaks TLS."""

    def __init__(self, script=(), on_accept=(), tls=None):
        super().__init__()
        self.requests = []
        self._script, self._on_accept = _chooser(script), _chooser(on_accept)
        self._tls = tls if tls is None or callable(tls) else lambda _: tls
        # Not `changed`: a script that reads a body can be waiting for its client.
        self._scripts = threading.Lock()
        self._readers = {}
        if tls is not None:
            self.scheme = "https"

    def serve(self, connection, number):
        with self._scripts:
            action = self._on_accept(number)
        if action is not None:
            self._turn_away(connection, action)
            return
        if self._tls is not None:
            plain = connection
            # The socket moves into the TLS one, so that is what has to be shut down at the end of the test.
            connection = self._tls(number).wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
            with self.changed:
                self._open.discard(plain)
                self._open.add(connection)
        try:
            if self._tls is not None:
                connection.do_handshake()
            reader = Reader(connection)
            while self._serve_request(connection, reader, number):
                pass
        finally:
            with self.changed:
                self._open.discard(connection)
            connection.close()

    def read_body(self, request):
        """Reads a request's body, for a script that looks at it. Raises ConnectionError when it ends early."""
        if not request.complete and not self._readers[request.connection].body(request):
            raise ConnectionError("the request ended early")

    def _serve_request(self, connection, reader, number):
        """Takes one request and acts on it. Whether another can follow on the connection."""
        head = reader.head()
        if head is None:
            return False
        with self.changed:
            request = Request(number, len(self.requests) + 1, head)
            self.requests.append(request)
            self._readers[number] = reader
            self.changed.notify_all()
        with self._scripts:
            action = self._script(request) or Reply()
        if getattr(action, "at", None) == HEADERS:
            return self.cut(connection, action)
        self.read_body(request)
        with self.changed:
            self.changed.notify_all()
        if isinstance(action, Silence):
            return self.fall_silent(connection, action)
        if isinstance(action, Raw):
            self._write(connection, action.data, action.interval)
            return action.reset and self.cut(connection, Reset(RESPONSE))
        if isinstance(action, Flood):
            return self._flood(connection, action)
        if isinstance(action, Reply):
            return self._reply(connection, request, action)
        if action.at == RESPONSE:
            answer = _bytes(request, Reply())
            connection.sendall(answer[: len(answer) // 2])
        return self.cut(connection, action)

    def _turn_away(self, connection, action):
        if isinstance(action, Raw):
            connection.recv(65536)
            self._write(connection, action.data, action.interval)
            self.cut(connection, Reset(ACCEPT) if action.reset else Close(ACCEPT))
            return
        if action.at == HELLO:
            connection.recv(16)
        self.cut(connection, action)

    def _reply(self, connection, request, reply):
        if self.stopping.wait(reply.delay):
            return False
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * reply.informational)
        self._write(connection, _bytes(request, reply), reply.interval)
        wrong_length = reply.declared_length is not None
        return not reply.close and not wrong_length and request.headers.get("connection", "").lower() != "close"

    def _write(self, connection, data, interval):
        if not interval:
            connection.sendall(data)
            return
        for index in range(len(data)):
            connection.sendall(data[index : index + 1])
            if self.stopping.wait(interval):
                return

    def _flood(self, connection, flood):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % flood.length)
        left = flood.length
        while left > 0 and not self.stopping.is_set():
            piece = FLOOD_PIECE[:left]
            connection.sendall(piece)
            left -= len(piece)
        return left == 0


def _chooser(script):
    """A callable from a script, which may be one already."""
    if callable(script):
        return script
    remaining = list(script)
    return lambda _: remaining.pop(0) if remaining else None


def _bytes(request, reply):
    body = contract.body_for(reply.status, request.body) if reply.body is None else reply.body
    pairs = list(reply.headers.items() if isinstance(reply.headers, dict) else reply.headers)
    names = [name.lower() for name, _ in pairs]
    if "content-type" not in names:
        pairs.append(("Content-Type", "application/json"))
    if "content-length" not in names and "transfer-encoding" not in names and reply.status not in (204, 304):
        pairs.append(("Content-Length", len(body) if reply.declared_length is None else reply.declared_length))
    try:
        phrase = http.HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Status"
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in pairs)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
