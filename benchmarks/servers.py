"""The servers that the senders post to: nginx three ways, one that never answers, and one at a distance.

SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import threading
import time

PATH = "/api/v1/analytics/events"
ACCEPTED = (
    '{"ok":true,"data":{"ok":true,"data":{"accepted":true,"eventId":"0195565c-7d3a-7b1e-9c4f-5a6b7c8d9e0f",'
    '"status":"accepted","receivedAt":"2026-03-02T09:41:07.123Z"}}}'
)

# `return` in the location itself would answer before the body is read, and over HTTP/2 then reset the stream. So the
# location asks for a mirror, for which nginx reads the body to its end first; the subrequest itself is answered with a bare
# 204. A POST for an empty image is a 405, which then becomes the contract's 200 with its Content-Length.
CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    server_tokens off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_header_buffer_size 8k;
    client_body_buffer_size 64k;
    keepalive_requests 1000000000;
    keepalive_time 24h;
    keepalive_timeout 1h;
    tcp_nodelay on;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    server {{
        listen 127.0.0.1:{ports[http1]};
        listen 127.0.0.1:{ports[http1_tls]} ssl;
        listen 127.0.0.1:{ports[http2_tls]} ssl http2;
        location = {path} {{
            mirror /read;
            mirror_request_body on;
            empty_gif;
            error_page 405 =200 @accepted;
        }}
        location = /read {{ internal; return 204; }}
        location @accepted {{
            default_type application/json;
            return 200 '{accepted}';
        }}
    }}
}}
"""


def run_quietly(*command, **options):
    subprocess.run(command, check=True, capture_output=True, **options)


def make_certificates(folder):
    """A certificate authority that nobody else trusts (ca.pem), and a loopback server's certificate from it."""
    run_quietly(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", "/CN=benchmark authority", "-keyout", "ca.key", "-out", "ca.pem", cwd=folder,
    )  # fmt: skip
    run_quietly(
        "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
        "-keyout", "server.key", "-out", "server.csr", cwd=folder,
    )  # fmt: skip
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
    run_quietly(
        "openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "extensions", "-out", "server.pem", cwd=folder,
    )  # fmt: skip


def listen():
    """A listening socket on a port that the system picks."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def start_nginx(folder, configuration, listeners, environment=()):
    """Starts nginx with a configuration, and listeners whose ports it names."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        raise FileNotFoundError("nginx is not installed: apt-get install nginx-light")
    path = folder / "nginx.conf"
    path.write_text(configuration)
    # nginx takes over the sockets that this variable names, as it does from an older nginx at an upgrade: so the ports
    # are ours before it starts, and nobody else can take them in between.
    descriptors = [listener.fileno() for listener in listeners]
    process = subprocess.Popen(
        [program, "-c", path, "-p", folder, "-e", folder / "error.log"],
        env={**os.environ, **dict(environment), "NGINX": "".join(f"{descriptor};" for descriptor in descriptors)},
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    for listener in listeners:
        listener.close()
    return process


def workers(process):
    """The numbers of nginx's worker processes."""
    return pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


class Nginx:
    """nginx with one worker. `urls` has a base URL for each of http1, http1_tls and http2_tls; `ca_file` trusts it."""

    KINDS = ("http1", "http1_tls", "http2_tls")

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="tpc-nginx-", ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self.temporary.name)
        make_certificates(self.folder)
        listeners = {kind: listen() for kind in self.KINDS}
        ports = {kind: listener.getsockname()[1] for kind, listener in listeners.items()}
        configuration = CONFIGURATION.format(folder=self.folder, ports=ports, path=PATH, accepted=ACCEPTED)
        self.process = start_nginx(self.folder, configuration, list(listeners.values()))
        schemes = {kind: "https" if kind.endswith("tls") else "http" for kind in self.KINDS}
        self.urls = {kind: f"{schemes[kind]}://127.0.0.1:{port}" for kind, port in ports.items()}
        self.ports = ports
        self.ca_file = self.folder / "ca.pem"
        self.wait_until_it_answers()
        return self

    def wait_until_it_answers(self):
        deadline = time.monotonic() + 10
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.ports["http1"]), timeout=5) as connection:
                    connection.sendall(head.encode() + b"{}")
                    answer = connection.makefile("rb").read()
            except OSError:
                time.sleep(0.05)
                continue
            if answer.startswith(b"HTTP/1.1 200 ") and answer.endswith(ACCEPTED.encode()):
                return
            self.__exit__()
            raise RuntimeError(f"nginx does not answer as it should: {answer[:200]!r}")
        log = (self.folder / "error.log").read_text() if (self.folder / "error.log").exists() else ""
        self.__exit__()
        raise RuntimeError(f"nginx did not start: {log}")

    def worker_cpu_seconds(self):
        """User and system time of the worker so far: whether the server could have been what a sender waited for."""
        seconds = 0
        for child in workers(self.process):
            fields = pathlib.Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return seconds

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
        self.temporary.cleanup()


class Hung:
    """A server that accepts connections, reads what comes, and never answers. `received` has each connection's bytes."""

    def __enter__(self):
        self.listener = listen()
        self.url = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.received = {}
        self.stopping, self.stop = socket.socketpair()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.stopping, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        return self

    def serve(self):
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.stopping:
                    return
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    self.received[connection] = b""
                    self.selector.register(connection, selectors.EVENT_READ)
                else:
                    self.read(key.fileobj)

    def read(self, connection):
        try:
            chunk = connection.recv(65536)
        except OSError:
            chunk = b""
        self.received[connection] += chunk
        if not chunk:
            self.selector.unregister(connection)
            connection.close()

    def first_request(self, timeout=10):
        """The head and the body of the first whole request that came."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for received in list(self.received.values()):
                head, end, body = received.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if end and length and len(body) >= int(length[1]):
                    return head.decode(), body[: int(length[1])]
            time.sleep(0.01)
        raise TimeoutError("no whole request came")

    def __exit__(self, *_):
        self.stop.send(b".")
        self.thread.join()
        for connection in [*self.received, self.listener, self.stop, self.stopping]:
            connection.close()
        self.selector.close()


class Distant:
    """The proxy `program` in front of 127.0.0.1:port, with a round trip of the given number of milliseconds."""

    def __init__(self, program, port, round_trip_milliseconds):
        self.command = [program, str(port), str(round_trip_milliseconds)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
