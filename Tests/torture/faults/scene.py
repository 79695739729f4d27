"""The servers of one row, which do to requests and connections what the row says and remember what they did."""

import contextlib
import json

from support.servers import actions, http2_actions
from support.servers.fault_server import FaultServer
from support.servers.full_backlog import FullBacklog
from support.servers.http2_server import Http2Server
from support.servers.proxy import Proxy

from .fault import HTTP2, NOBODY, SWALLOWED, TLS
from .ledger import Arrivals

KEY = "key-for-the-test"


class Scene:
    """Use it with `with`. `url` and `proxy` are what the sender is given."""

    def __init__(self, fault, certificates):
        self.fault, self._certificates = fault, certificates
        self.actions, self.faulty_connections = {}, set()
        # Answers that were a fault's, and connections that met one.
        self.refused = self.turned_away = 0
        self.proxy = None
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as exits:
            # Nothing may ever reach it, the key least of all.
            self.elsewhere = exits.enter_context(FaultServer())
            self.server = self._server()
            if self.fault.outage_seconds is None and self.fault.endpoint != NOBODY:
                exits.enter_context(self.server)
            host = self.fault.host or "127.0.0.1"
            self.url = f"{self.server.url.partition(':')[0]}://{host}:{self.server.port}"
            if self.fault.at_proxy is not None or self.fault.proxy_credential is not None:
                self.proxy = exits.enter_context(self._proxy())
            self._exits = exits.pop_all()
        return self

    def __exit__(self, kind, error, traceback):
        return self._exits.__exit__(kind, error, traceback)

    def open(self):
        """Lets the server listen, which it does not before in a row with an outage."""
        self._exits.enter_context(self.server)

    def _server(self):
        kind = self.fault.endpoint
        if kind == HTTP2:
            context = self._certificates.server_context(alpn=["h2"])
            return Http2Server(context, self._answer, delay=self.fault.delay)
        if kind == SWALLOWED:
            return FullBacklog()
        # Bound to its port, and not listening before it is entered.
        return FaultServer(self._answer, self._accept, tls=self._context if kind == TLS else None)

    def _proxy(self):
        action = self.fault.at_proxy

        def when_met(number):
            return action if self._met(number) else None

        if isinstance(action, int):
            return Proxy(refuse=when_met)
        return Proxy(self.fault.proxy_credential, on_accept=when_met)

    def _met(self, number):
        met = self.fault.when(number)
        self.turned_away += met
        return met

    def _answer(self, request):
        action = self.fault.answer
        if action is None or not self.fault.when(request.number):
            action = self.fault.otherwise if self.fault.endpoint != HTTP2 else http2_actions.Reply()
        else:
            action = action(request, self.elsewhere.url) if callable(action) else action
            self.refused += 1
        self.actions[request.number] = action
        return action

    def _accept(self, number):
        action = self.fault.on_accept
        if callable(action):
            return action(number)
        if action is None or not self._met(number):
            return None
        self.faulty_connections.add(number)
        return action

    def _context(self, number):
        kind = self.fault.certificate
        if kind is None or not self._met(number):
            return self._certificates.server_context("good")
        self.faulty_connections.add(number)
        return self._certificates.server_context(kind)

    def arrivals(self):
        """What the server saw, once the run is over."""
        found = Arrivals({}, set(), set(), [])
        if self.elsewhere.connections:
            found.strays.append(f"{self.elsewhere.connections} connections to another server")
        for request in getattr(self.server, "requests", ()):
            if request.connection in self.faulty_connections:
                found.strays.append("a request over a connection that was not to be trusted")
            if request.headers.get("x-api-key") != KEY:
                found.strays.append("a request without the key")
            if getattr(request, "complete", True):
                self._note(found, request)
        return found

    def _note(self, found, request):
        identifier = _identifier(request.body)
        found.bodies.setdefault(identifier, set()).add(bytes(request.body))
        action = self.actions[request.number]
        if _accepts(action):
            found.accepted.add(identifier)
        elif isinstance(action, (actions.Reply, http2_actions.Reply)):
            found.answered.add(identifier)


def _identifier(body):
    """The id in an event's JSON."""
    return json.loads(body)["eventId"]


def _accepts(action):
    """Whether a client may take it for a 2xx."""
    if isinstance(action, (actions.Reply, http2_actions.Reply)):
        return 200 <= action.status < 300
    if isinstance(action, actions.Raw):
        return b"HTTP/1.1 2" in action.data or action.data.startswith(b"HTTP/1.0 2")
    if isinstance(action, (actions.Reset, actions.Close, actions.Hang)):
        return action.at == actions.RESPONSE
    if isinstance(action, http2_actions.GoAway):
        return action.answered
    return isinstance(action, (actions.Flood, http2_actions.HalfAnswer, http2_actions.LimitStreams))
