"""A forward HTTP proxy: CONNECT tunnels, and plain requests in absolute form."""

import base64
import select
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from .http1 import Reader, Request
from .threaded_server import ThreadedServer

# Headers of a request that are for the proxy, or that it writes itself.
OWN_HEADERS = ("proxy-authorization", "proxy-connection", "connection", "transfer-encoding", "content-length", "expect")


@dataclass
class Passed:
    """A request that reached the proxy, and the status that the proxy itself gave it (None: passed on)."""

    request: Request
    status: object


class Proxy(ThreadedServer):
    """Records what it is asked in `requests`. It connects to loopback only; `addresses` maps other hosts, as
    "example.com:443", to a loopback port. With `credential` ("user:password") it wants Basic authentication; with
    `refuse`, a status or a callable that gives one or None for a request's number, it answers with that status;
    `on_accept` gives a Reset, Close or Hang for a connection's number, or None. `headers` are of its refusals. With `tls`, an
    ssl.SSLContext, it is asked over TLS."""

    def __init__(self, credential=None, refuse=None, addresses=None, on_accept=lambda number: None, headers=(), tls=None):
        super().__init__()
        self._headers = "".join(f"{name}: {value}\r\n" for name, value in dict(headers).items()).encode()
        self._tls = tls
        if tls is not None:
            self.scheme = "https"
        self.requests, self._heads = [], 0
        self._credential, self._on_accept = credential, on_accept
        self._refuse = refuse if callable(refuse) else lambda _: refuse
        self._addresses = dict(addresses or {})

    def serve(self, connection, number):
        action = self._on_accept(number)
        if action is not None:
            self.cut(connection, action)
        elif self._tls is None:
            self._serve(connection, number)
        else:
            secure = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            with self.changed:
                self._open.discard(connection)
                self._open.add(secure)
            try:
                secure.do_handshake()
                self._serve(secure, number)
            finally:
                with self.changed:
                    self._open.discard(secure)
                secure.close()

    def _serve(self, connection, number):
        reader = Reader(connection)
        head = reader.head()
        if head is None:
            return
        with self.changed:
            self._heads += 1
            request = Request(number, self._heads, head)
        tunnel = request.method == "CONNECT"
        authority = request.target if tunnel else urlsplit(request.target).netloc
        port = self._port(authority)
        status = self._refusal(request, port)
        if not tunnel and status is None:
            reader.body(request)
        with self.changed:
            self.requests.append(Passed(request, status))
            self.changed.notify_all()
        if status is not None:
            challenge = b'Proxy-Authenticate: Basic realm="test"\r\n' if status == 407 else b""
            head = b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nConnection: close\r\n" % status
            connection.sendall(head + challenge + self._headers + b"\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            if tunnel:
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                upstream.sendall(_origin_form(request))
            self._relay(connection, upstream)

    def _refusal(self, request, port):
        refused = self._refuse(request.number)
        if refused is not None:
            return refused
        if self._credential is not None:
            wanted = "Basic " + base64.b64encode(self._credential.encode()).decode()
            if request.headers.get("proxy-authorization") != wanted:
                return 407
        return 502 if port is None else None

    def _port(self, authority):
        """The loopback port that an authority leads to; None when it is somewhere else."""
        if authority in self._addresses:
            return self._addresses[authority]
        host, _, port = authority.rpartition(":")
        return int(port) if host in ("127.0.0.1", "localhost") and port.isdigit() else None

    def _relay(self, one, other):
        """Copies both ways until one side ends."""
        while not self.stopping.is_set():
            # The interval only bounds how long the end of the test waits: no data is missed or delayed by it.
            ready, _, _ = select.select([one, other], [], [], 0 if _decrypted(one) else 0.2)
            if _decrypted(one) and one not in ready:
                ready.append(one)
            for source in ready:
                data = source.recv(65536)
                if not data:
                    return
                (other if source is one else one).sendall(data)


def _decrypted(connection):
    """Whether a TLS connection holds data that select does not see."""
    return hasattr(connection, "pending") and connection.pending() > 0


def _origin_form(request):
    parts = urlsplit(request.target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{request.method} {path} HTTP/1.1"]
    for line in request.head.decode("latin-1").split("\r\n")[1:-2]:
        name = line.partition(":")[0].lower()
        if name not in OWN_HEADERS:
            lines.append(line)
    lines += [f"Content-Length: {len(request.body)}", "Connection: close"]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + request.body
