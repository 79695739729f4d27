"""Reads requests off a socket, keeping the bytes as they came."""

import time
from dataclasses import dataclass, field

RECEIVE_BYTES = 65536


@dataclass
class Request:
    """A request as it was received. The body is empty until it was read, and `complete` says that it was."""

    connection: int
    number: int
    head: bytes
    body: bytes = b""
    complete: bool = False
    time: float = field(default_factory=time.monotonic)

    def __post_init__(self):
        lines = self.head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ", 2)
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name:
                self.headers[name.lower()] = value.strip()


class Reader:
    """Takes requests from a connection one after the other."""

    def __init__(self, connection):
        self._connection = connection
        self._buffer = b""

    def head(self):
        """The bytes of a request's head with the empty line; None when the connection ends before them."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def body(self, request):
        """Reads the body into the request, allowing it first when the client asks. Whether it came whole."""
        if request.headers.get("expect", "").lower() == "100-continue":
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request.headers.get("transfer-encoding", "").lower() == "chunked":
            request.complete = self._chunks(request)
        else:
            length = int(request.headers.get("content-length", "0"))
            while len(self._buffer) < length and self._more():
                pass
            request.body, self._buffer = self._buffer[:length], self._buffer[length:]
            request.complete = len(request.body) == length
        return request.complete

    def _chunks(self, request):
        while True:
            line = self._line()
            if line is None:
                return False
            size = int(line.partition(b";")[0], 16)
            while len(self._buffer) < size + 2:
                if not self._more():
                    return False
            request.body += self._buffer[:size]
            self._buffer = self._buffer[size + 2 :]
            if size == 0:
                return True

    def _line(self):
        while b"\r\n" not in self._buffer:
            if not self._more():
                return None
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _more(self):
        data = self._connection.recv(RECEIVE_BYTES)
        self._buffer += data
        return bool(data)
