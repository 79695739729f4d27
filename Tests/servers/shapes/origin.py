"""The application behind the web servers: a page for each thing that an application may answer."""

import gzip
import http.server
import threading

PAGE = b"<!doctype html><title>Application</title><p>A page of the application."
HTML = "text/html; charset=utf-8"
# By path: status, headers, body. Whatever comes behind the path is ignored.
ANSWERS = {
    "/page": (200, {"Content-Type": HTML}, PAGE),
    "/cached": (200, {"Content-Type": HTML, "Cache-Control": "max-age=600"}, PAGE),
    "/gzip": (200, {"Content-Type": HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE)),
    "/json": (200, {"Content-Type": "application/json"}, b"{}"),
    "/untyped": (200, {}, PAGE),
    "/untyped/logo.png": (200, {}, PAGE),
    "/shouted": (200, {"Content-Type": "TEXT/HTML;CHARSET=UTF-8"}, PAGE),
    "/created": (201, {"Content-Type": HTML}, PAGE),
    "/empty": (204, {}, b""),
    "/moved": (301, {"Content-Type": HTML, "Location": "/elsewhere"}, PAGE),
    "/denied": (403, {"Content-Type": HTML}, PAGE),
    "/missing": (404, {"Content-Type": HTML}, PAGE),
    "/broken": (500, {"Content-Type": HTML}, PAGE),
    "/accel": (200, {"Content-Type": HTML, "X-Accel-Redirect": "/internal/page.html"}, b""),
    "/accel-text": (200, {"Content-Type": "application/json", "X-Accel-Redirect": "/internal/notes.txt"}, b""),
    "/hang": (200, {"Content-Type": HTML}, PAGE),
}


class Origin:
    """Listens on a port of its own until the `with` block ends. `arrived` is called with a path to wait for a request for it."""

    def __enter__(self):
        self._arrived = threading.Condition()
        self._paths = []
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.origin = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def note(self, path):
        with self._arrived:
            self._paths.append(path)
            self._arrived.notify_all()

    def wait_for(self, path):
        with self._arrived:
            assert self._arrived.wait_for(lambda: path in self._paths, 60), f"no request for {path}"


class _Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    # A connection that a web server keeps open does not hold up the end.
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Whoever asked went away, as some of the visitors do."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        self.server.origin.note(path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path == "/websocket":
            return self._upgrade()
        if path == "/chunked":
            return self._send_chunks()
        if path == "/cut":
            return self._break_off()
        if path == "/hang":
            self.server.origin.released.wait()
        status, headers, body = ANSWERS[path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, *_):
        """Nobody reads it."""

    def _upgrade(self):
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.end_headers()
        self.wfile.write(self.rfile.read(4))
        self.close_connection = True

    def _send_chunks(self):
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (PAGE[:10], PAGE[10:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def _break_off(self):
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(PAGE)
        self.close_connection = True
