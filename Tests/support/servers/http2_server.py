"""An HTTP/2 server over TLS whose streams and connections can be refused, reset, delayed and said goodbye to.

    with Http2Server(certificates.server_context(alpn=["h2"]), script=[ResetStream(), GoAway()]) as server:
        ...

`script` is a list of actions taken in the order in which requests are complete, followed by ordinary 200s; or a
callable that is given the Request and returns an action. Scripts of all connections run one at a time.
"""

import heapq
import itertools
import select
import socket
import threading
import time
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings
import hyperframe.frame

from . import contract
from .http2_actions import Disconnect, GoAway, HalfAnswer, Hang, LimitStreams, Raw, Reply, ResetStream, Silence
from .threaded_server import ThreadedServer, reset

__all__ = ["Disconnect", "GoAway", "HalfAnswer", "Hang", "Http2Server", "LimitStreams", "Raw", "Reply", "Request",
           "ResetStream", "Silence"]  # fmt: skip

SEND_SECONDS = 60
# Answers are sent without waiting for the client to open its window further.
MAX_BODY_BYTES = 60_000


@dataclass
class Request:
    """A request that was received whole. `concurrent` is how many streams were open on its connection then."""

    connection: int
    stream: int
    number: int
    method: str
    path: str
    headers: dict
    body: bytes
    concurrent: int
    time: float = field(default_factory=time.monotonic)


class Http2Server(ThreadedServer):
    """See the module. `delay` is the seconds every answer takes; `max_streams` is what the server allows at first."""

    scheme = "https"

    def __init__(self, tls, script=(), delay=0.0, max_streams=100):
        super().__init__()
        self.requests = []
        # The most streams that were open at once on one connection.
        self.most_streams = 0
        self.delay, self.max_streams = delay, max_streams
        self._tls = tls
        self._scripts = threading.Lock()
        if callable(script):
            self._script = script
        else:
            remaining = list(script)
            self._script = lambda _: remaining.pop(0) if remaining else None

    def serve(self, connection, number):
        secure = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self.changed:
            self._open.discard(connection)
            self._open.add(secure)
        try:
            secure.do_handshake()
            if secure.selected_alpn_protocol() == "h2":
                secure.settimeout(SEND_SECONDS)
                _Connection(self, secure, number).run()
        finally:
            with self.changed:
                self._open.discard(secure)
            secure.close()

    def choose(self, request):
        """Records a request and returns the script's action for it."""
        with self._scripts:
            with self.changed:
                self.requests.append(request)
                request.number = len(self.requests)
                self.most_streams = max(self.most_streams, request.concurrent)
                self.changed.notify_all()
            return self._script(request) or Reply()


class _Connection:
    """One client. Everything about it happens in its own thread."""

    def __init__(self, server, connection, number):
        self._server, self._socket, self._number = server, connection, number
        self._h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self._streams = {}
        self._due = []
        self._order = itertools.count()
        self._last_stream = None
        self._over = False

    def run(self):
        # In the first SETTINGS frame already: `update` would only change what comes after the client's acknowledgement.
        self._h2.local_settings = h2.settings.Settings(
            client=False,
            initial_values={
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: self._server.max_streams,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: 65536,
            },
        )
        self._h2.initiate_connection()
        self._flush()
        while not self._over and not self._server.stopping.is_set():
            if self._readable():
                data = self._socket.recv(65536)
                if not data:
                    return
                self._take(data)
            self._do_what_is_due()
            self._flush()
            if self._last_stream is not None and not self._due:
                self._leave()
                return

    def _readable(self):
        if self._socket.pending():
            return True
        wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else None
        return bool(select.select([self._socket], [], [], wait)[0])

    def _leave(self):
        # Closing with unread data would be a reset, which can take the last answers away from the client again.
        self._socket.shutdown(socket.SHUT_WR)
        while self._socket.recv(65536):
            pass

    def _flush(self):
        data = self._h2.data_to_send()
        if data and not self._server.stopping.is_set():
            self._socket.sendall(data)

    def _take(self, data):
        try:
            events = self._h2.receive_data(data)
        except h2.exceptions.ProtocolError:
            # The goodbye that says so is among the data to send.
            self._over = True
            return
        for event in events:
            if isinstance(event, h2.events.RequestReceived):
                self._streams[event.stream_id] = (dict(_decoded(event.headers)), bytearray())
            elif isinstance(event, h2.events.DataReceived):
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if event.stream_id in self._streams:
                    self._streams[event.stream_id][1].extend(event.data)
            elif isinstance(event, h2.events.StreamEnded):
                self._complete(event.stream_id)
            elif isinstance(event, h2.events.StreamReset):
                self._streams.pop(event.stream_id, None)
            elif isinstance(event, h2.events.ConnectionTerminated):
                self._over = True
            if self._over:
                return

    def _complete(self, stream):
        if stream not in self._streams or (self._last_stream is not None and stream > self._last_stream):
            return
        headers, body = self._streams[stream]
        method, path = headers.pop(":method"), headers.pop(":path")
        concurrent = self._h2.open_inbound_streams
        request = Request(self._number, stream, 0, method, path, headers, bytes(body), concurrent)
        action = self._server.choose(request)
        if isinstance(action, ResetStream):
            self._h2.reset_stream(stream, action.error_code)
            del self._streams[stream]
        elif isinstance(action, HalfAnswer):
            self._answer_half(request, action)
        elif isinstance(action, Raw):
            self._flush()
            self._socket.sendall(action.data)
        elif isinstance(action, Disconnect):
            self._over = True
            if action.reset:
                reset(self._socket)
        elif isinstance(action, Silence):
            self._server.fall_silent(self._socket, action)
            self._over = True
        elif isinstance(action, GoAway):
            self._go_away(stream, action)
            if action.answered:
                self._schedule(request, Reply())
        elif isinstance(action, LimitStreams):
            self._limit(action.limit)
            self._schedule(request, Reply())
            if action.seconds is not None:
                self._at(time.monotonic() + action.seconds, lambda: self._limit(self._server.max_streams))
        elif isinstance(action, Reply):
            self._schedule(request, action)

    def _go_away(self, stream, action):
        # Not h2's own: after that one it sends nothing more, and what was asked before is to be answered.
        self._last_stream = stream if action.answered else stream - 2
        self._flush()
        frame = hyperframe.frame.GoAwayFrame(
            0, last_stream_id=max(0, self._last_stream), error_code=int(action.error_code)
        )
        self._socket.sendall(frame.serialize())
        if not action.answered:
            del self._streams[stream]

    def _limit(self, streams):
        self._h2.update_settings({h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: streams})

    def _schedule(self, request, reply):
        delay = self._server.delay if reply.delay is None else reply.delay
        self._at(time.monotonic() + delay, lambda: self._answer(request, reply))

    def _at(self, moment, action):
        heapq.heappush(self._due, (moment, next(self._order), action))

    def _do_what_is_due(self):
        while self._due and self._due[0][0] <= time.monotonic():
            heapq.heappop(self._due)[2]()

    def _answer_half(self, request, action):
        body = contract.body_for(200, request.body)
        headers = {":status": "200", "content-type": "application/json", "content-length": str(len(body))}
        self._h2.send_headers(request.stream, list(headers.items()))
        self._h2.send_data(request.stream, body[: len(body) // 2])
        self._h2.reset_stream(request.stream, action.error_code)
        del self._streams[request.stream]

    def _answer(self, request, reply):
        if self._streams.pop(request.stream, None) is None:
            return
        body = contract.body_for(reply.status, request.body) if reply.body is None else reply.body
        if len(body) > MAX_BODY_BYTES:
            raise ValueError(f"a body of {len(body)} bytes is more than {MAX_BODY_BYTES}")
        headers = {":status": str(reply.status), "content-type": "application/json", "content-length": str(len(body))}
        headers.update({name.lower(): str(value) for name, value in reply.headers.items()})
        self._h2.send_headers(request.stream, list(headers.items()), end_stream=not body)
        size = self._h2.max_outbound_frame_size
        for start in range(0, len(body), size):
            self._h2.send_data(request.stream, body[start : start + size], end_stream=start + size >= len(body))


def _decoded(headers):
    return [
        tuple(part.decode("latin-1") if isinstance(part, bytes) else part for part in (name, value))
        for name, value in headers
    ]
