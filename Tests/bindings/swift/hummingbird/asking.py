# SPDX-License-Identifier: Apache-2.0
"""Asks a site for pages, as a browser or as a proxy before it."""

import http.client
import threading
import time

from bindings.python.web_servers import PATIENCE

AGENT = "GPTBot/1.2"


def ask(port, path, method="GET", headers=None):
    """The response, read to its end, with its body as `text`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        return answer(connection, path, method, headers)
    finally:
        connection.close()


def answer(connection, path, method="GET", headers=None):
    connection.request(method, path, headers={"User-Agent": AGENT, **(headers or {})})
    response = connection.getresponse()
    response.text = response.read().decode()
    return response


def ask_all(port, requests, headers, connections=8):
    """Makes all requests, (method, path, status), on connections that are kept. Raises AssertionError for another status."""
    waiting, failures = list(reversed(requests)), []

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            while waiting and not failures:
                method, path, status = waiting.pop()
                got = answer(connection, path, method, headers).status
                assert got == status, f"{method} {path}: {got}"
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures, failures


def appears(file):
    deadline = time.monotonic() + PATIENCE
    while not file.exists():
        assert time.monotonic() < deadline, f"{file.name} does not appear"
        time.sleep(0.005)
