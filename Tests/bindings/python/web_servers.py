# SPDX-License-Identifier: Apache-2.0
"""Real web servers, each as a process of its own on a port that it picks, and a client that asks for many pages."""

import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time

SITES = pathlib.Path(__file__).resolve().parent / "sites"
PATIENCE = 60


class WebServer:
    """A server that logs where it listens. `lines` is what it logged so far."""

    def __init__(self, command, listening, environment):
        self._command = [str(part) for part in command]
        self._listening = re.compile(listening)
        self._environment = environment
        self.lines = []
        self._changed = threading.Condition()

    def __enter__(self):
        self.process = subprocess.Popen(
            self._command,
            cwd=SITES,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        try:
            self.port = int(self.wait_for(self._listening)[1])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reading.join()
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append("(the server's output ended)")
            self._changed.notify_all()

    def wait_for(self, pattern, after=0):
        """The match of the first line that has it, beginning with line number `after`. Raises AssertionError."""
        pattern = re.compile(pattern)
        deadline = time.monotonic() + PATIENCE
        with self._changed:
            while True:
                matches = [match for match in map(pattern.search, self.lines[after:]) if match]
                if matches:
                    return matches[0]
                if self.lines[-1:] == ["(the server's output ended)"] or time.monotonic() > deadline:
                    raise AssertionError(f"no line has {pattern.pattern!r}:\n" + "\n".join(self.lines))
                self._changed.wait(1)

    def reload(self):
        """Asks for a graceful reload."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self, signal_number=signal.SIGTERM):
        """Asks for a graceful end, waits for it, and returns the exit code and the log."""
        self.process.send_signal(signal_number)
        code = self.process.wait(PATIENCE)
        self._reading.join()
        return code, "\n".join(self.lines)


def gunicorn(application, environment, *arguments):
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=4", "--bind=127.0.0.1:0", *arguments, application]
    return WebServer(command, r"Listening at: http://127\.0\.0\.1:(\d+)", environment)


def uvicorn(application, environment, *arguments):
    command = [sys.executable, "-m", "uvicorn", "--workers=2", "--port=0", *arguments, application]
    return WebServer(command, r"Uvicorn running on http://127\.0\.0\.1:(\d+)", environment)


class UWSGI(WebServer):
    """Debian's, with Debian's Python, which finds what this Python has installed.

    A reload binds the address again, so that it has to name the port: a socket of ours that never listens holds it until then.
    """

    def __init__(self, application, environment, *arguments):
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._holder.bind(("127.0.0.1", 0))
        module, _, name = application.partition(":")
        command = [
            "uwsgi_python3", f"--http-socket=127.0.0.1:{self._holder.getsockname()[1]}", "--reuse-port", "--master",
            "--processes=2", "--need-app", f"--module={module}", f"--callable={name}", f"--pythonpath={SITES}",
            # Otherwise a worker ends during a request that is answered already.
            "--hook-master-start=unix_signal:15 gracefully_kill_them_all", *arguments,
        ]  # fmt: skip
        paths = [environment["PYTHONPATH"], sysconfig.get_paths()["purelib"]]
        environment = {**environment, "PYTHONPATH": os.pathsep.join(paths)}
        super().__init__(command, r"bound to TCP address 127\.0\.0\.1:(\d+)", environment)

    def __exit__(self, *_):
        super().__exit__()
        self._holder.close()


def ask(port, paths, half_way=lambda: None, threads=16):
    """Asks for every path on connections that are kept, and calls `half_way` when half of them are answered.

    A server that reloads may hang up: then the path is asked for again. Raises AssertionError for an answer other than 200.
    """
    waiting, answered, failures = list(reversed(paths)), [], []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            while waiting and not failures:
                path = waiting.pop()
                status = _status(connection, path)
                if status != 200:
                    failures.append(f"{path}: {status}")
                answered.append(path)
                if len(answered) == len(paths) // 2:
                    half_way()
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures, failures


def _status(connection, path):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.request("GET", path, headers={"User-Agent": "GPTBot/1.2", "Referer": "https://chatgpt.com/"})
            response = connection.getresponse()
            response.read()
            return response.status
        except (ConnectionError, http.client.HTTPException):
            connection.close()
            if time.monotonic() > deadline:
                raise
