"""The local collector as a process of its own, on a port of its own."""

import json
import queue
import subprocess
import sys
import threading
import urllib.error
import urllib.request

START_SECONDS = 60
STOP_SECONDS = 60
EVENTS_PATH = "/api/v1/analytics/events"
# Loopback only, so no proxy that the environment names is to be asked.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CollectorProcess:
    """Starts the collector with the interpreter that runs the tests, and ends it with the `with` block.

    `lines` is what it printed so far. The control methods raise RuntimeError with the collector's message when it
    refuses.
    """

    def __init__(self, *arguments, environment=None):
        self._command = [sys.executable, "-m", "tpc_collector", "--port", "0", *arguments]
        self._environment = environment
        self.lines = []

    def __enter__(self):
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            encoding="utf-8",
            errors="replace",
        )
        first = queue.Queue()
        self._reading = threading.Thread(target=self._read, args=(first,), daemon=True)
        self._reading.start()
        try:
            line = first.get(timeout=START_SECONDS)
            if not line.startswith("listening on http://"):
                raise RuntimeError(f"the collector did not start: {line or self.process.wait(STOP_SECONDS)}")
        except BaseException:
            self.stop()
            raise
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2])
        return self

    def __exit__(self, kind, error, traceback):
        self.stop()

    def stop(self):
        """Ends the process, if it runs, and returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reading.join()
        self.process.stdout.close()
        return code

    def totals(self):
        """The counters: received, good, bad, distinct_ids, duplicates, by_status."""
        return self._ask("/_tpc/all?limit=0")["totals"]

    def all(self, limit=None):
        """The requests that are kept, oldest first."""
        return self._list("all", limit)

    def good(self, limit=None):
        """Those whose event was taken."""
        return self._list("good", limit)

    def bad(self, limit=None):
        """Those that were refused."""
        return self._list("bad", limit)

    def mode(self, *modes):
        """Queues these modes; with none, or with None, the collector behaves normally again."""
        return self._ask("/_tpc/mode", None if modes in ((), (None,)) else list(modes))

    def reset(self):
        """Forgets requests, counters and modes."""
        self._ask("/_tpc/reset", None)

    def wait(self, count, timeout=60):
        """Waits for `count` good events and returns the totals. Raises TimeoutError."""
        status, answer = self._request(f"/_tpc/wait?count={count}&timeout={timeout}", None, timeout + 30)
        if status == 408:
            raise TimeoutError(f"not {count} good events within {timeout} s: {answer['totals']}")
        return _checked(status, answer)["totals"]

    def _list(self, name, limit):
        query = "" if limit is None else f"?limit={limit}"
        return self._ask(f"/_tpc/{name}{query}")["events"]

    def _ask(self, path, *value):
        body = json.dumps(value[0]).encode() if value else None
        return _checked(*self._request(path, body, 30))

    def _request(self, path, body, timeout):
        request = urllib.request.Request(self.url + path, data=body)
        try:
            with _opener.open(request, timeout=timeout) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def _read(self, first):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if len(self.lines) == 1:
                first.put(self.lines[0])
        first.put("")


def _checked(status, answer):
    if status != 200:
        raise RuntimeError(f"the collector answered {status}: {answer}")
    return answer
