"""A site under PHP's own server, `php -S`: one process, which ends as on a terminal."""

import pathlib
import queue
import re
import signal
import socket
import subprocess
import threading

PATIENCE = 20


class BuiltinSite:
    """Serves one front controller on a free port; ends the server with the `with` block."""

    def __init__(self, script, variables, *flags):
        settings = [part for flag in ("output_buffering=0", *flags) for part in ("-d", flag)]
        self._command = ["php", *settings, "-S", "127.0.0.1:0", str(script)]
        self._folder, self._variables = pathlib.Path(script).parent, variables
        self._lines = []

    def __enter__(self):
        self._process = subprocess.Popen(
            self._command, cwd=self._folder, env=self._variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        )  # fmt: skip
        ports = queue.Queue()
        self._reading = threading.Thread(target=self._read, args=(ports,), daemon=True)
        self._reading.start()
        self.port = ports.get(timeout=PATIENCE)
        assert self.port, self.log()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the server, which then delivers what is queued."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)
        self._reading.join()
        self._process.stdout.close()

    def log(self):
        """What the server and the pages' error_log() wrote."""
        return "".join(self._lines)

    def get(self, path, **headers):
        """Status and body of a page."""
        with self.ask(path, **headers) as reader:
            head, _, body = read_all(reader).partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def ask(self, path, **headers):
        """The connection on which this request was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        lines = [f"GET {path} HTTP/1.0"]
        lines += [f"{name}: {value}" for name, value in {"Host": "example.com", **headers}.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection

    def _read(self, ports):
        for line in self._process.stdout:
            self._lines.append(line)
            if found := re.search(r"Development Server \(http://127\.0\.0\.1:(\d+)\) started", line):
                ports.put(int(found[1]))
        ports.put(None)


def read_all(connection):
    """What arrives until the server closes the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))
