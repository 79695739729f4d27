"""Runs a row: a server of its own on a port of its own, 60 visits, its end right after them, and the count of what arrived."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time

from support.servers.fault_server import FaultServer, Reply
from support.servers.ports import held_port

from .row import ALL

VISITS = 60
# What the endpoint takes for each answer.
ANSWER_SECONDS = 0.15
PATIENCE = 60
AGENT = {"User-Agent": "GPTBot/1.2", "Host": "example.com", "Connection": "close"}


class Outcome:
    """How many visits arrived, None if the row could not be run, and what the server printed."""

    def __init__(self, arrived, log, left_running):
        self.arrived, self.log, self.left_running = arrived, log, left_running

    def agrees(self, row):
        as_expected = (self.arrived == VISITS) == (row.arrives == ALL)
        return self.arrived is not None and as_expected and not self.left_running


def run_row(row, scene, **variables):
    with FaultServer(lambda _: Reply(delay=ANSWER_SECONDS)) as endpoint, held_port() as port:
        with tempfile.TemporaryFile("w+") as log:
            process = _start(row, scene, port, log, {**variables, "THE_PROMPTING_COMPANY_BASE_URL": endpoint.url})
            try:
                _wait_until_it_serves(process, port, log)
                for number in range(1, VISITS + 1):
                    status = _get(port, f"/page/{number}")
                    assert status == 200, f"answered {status}: {_text(log)}"
                row.end(process, endpoint, VISITS)
                left_running = not _ended(process)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            bodies = [json.loads(request.body) for request in list(endpoint.requests) if request.complete]
            pages = {event["page"]["href"].partition("/page/")[2] for event in bodies} - {"0"}
            return Outcome(len(pages), _text(log), left_running)


def _start(row, scene, port, log, variables):
    environment = {**scene.environment, **variables, "PORT": str(port)}
    return subprocess.Popen(
        list(map(str, row.command(scene, port))), cwd=scene.folder, env=environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _wait_until_it_serves(process, port, log):
    """Asks by POST, which is not a page visit, until that is answered."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            # A proxy may be there first.
            if _get(port, "/page/0", "POST") < 500:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"{process.args} does not serve: {_text(log)}")
        time.sleep(0.05)


def _get(port, path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=AGENT)
        connected = connection.sock.dup()
        response = connection.getresponse()
        response.read()
        # Most servers close the connection once they are done with the request, which is tracked by then.
        with contextlib.suppress(OSError):
            while connected.recv(65536):
                pass
        connected.close()
        return response.status
    finally:
        connection.close()


def _ended(process):
    """Waits for the server and every process that it started; whether they all ended."""
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    deadline = time.monotonic() + PATIENCE / 6
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def _text(log):
    log.flush()
    log.seek(0)
    return log.read()
