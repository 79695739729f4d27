"""A FastCGI application, as php-fpm is one, which answers by the name of the program."""

import socketserver
import struct
import threading

from .origin import HTML, PAGE

BEGIN, ABORT, END, PARAMETERS, INPUT, OUTPUT = range(1, 7)
# By the end of the program's name: the head of its answer.
ANSWERS = {
    "page.php": f"Content-Type: {HTML}",
    "data.php": "Content-Type: application/json",
    "missing.php": f"Status: 404 Not Found\r\nContent-Type: {HTML}",
    "moved.php": "Status: 302 Found\r\nLocation: /page.html",
    "broken.php": f"Status: 500 Internal Server Error\r\nContent-Type: {HTML}",
}


class FastCGI:
    """Listens on a port of its own until the `with` block ends."""

    def __enter__(self):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        parameters = b""
        while True:
            kind, number, content = self._record()
            if kind == PARAMETERS:
                parameters += content
            elif kind == INPUT and not content:
                break
        name = _values(parameters)["SCRIPT_FILENAME"].rpartition("/")[2].partition("?")[0]
        self._send(OUTPUT, number, ANSWERS[name].encode() + b"\r\n\r\n" + PAGE)
        self._send(OUTPUT, number, b"")
        self._send(END, number, bytes(8))

    def _record(self):
        _, kind, number, length, padding = struct.unpack("!BBHHBx", self.rfile.read(8))
        return kind, number, self.rfile.read(length + padding)[:length]

    def _send(self, kind, number, content):
        self.wfile.write(struct.pack("!BBHHBx", 1, kind, number, len(content), 0) + content)


def _values(data):
    """The parameters: pairs of a name and a value, which are preceded by their lengths."""
    values, at = {}, 0
    while at < len(data):
        lengths = []
        for _ in range(2):
            length, at = data[at], at + 1
            if length > 127:
                length, at = struct.unpack("!I", data[at - 1 : at + 3])[0] & 0x7FFFFFFF, at + 3
            lengths.append(length)
        name, value = data[at : at + lengths[0]], data[at + lengths[0] : at + sum(lengths)]
        values[name.decode()] = value.decode("latin-1")
        at += sum(lengths)
    return values
