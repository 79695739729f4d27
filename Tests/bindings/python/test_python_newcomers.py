# SPDX-License-Identifier: Apache-2.0
"""The site that a newcomer writes in each framework, with the one line of the README, is tracked."""

import http.client
import json
import os
import signal
import sys

import pytest
from support import paths

from . import web_servers
from .conftest import PACKAGE

NAMES = sorted(file.name[: -len("_site.py")] for file in (web_servers.SITES / "newcomers").glob("*_site.py"))


@pytest.fixture(scope="module")
def ports(running_collector):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    variables = {"TPC_API_KEY": "key", "TPC_BASE_URL": running_collector.url, "TPC_LIBRARY": str(paths.LIBRARY)}
    environment = {**kept, **variables, "PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, "serve_newcomers.py"]
    with web_servers.WebServer(command, r"ports .*: (\d+)}", environment) as server:
        yield json.loads(server.wait_for("^ports ").string[len("ports ") :])
        server.process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_a_visit(name, ports, collector):
    connection = http.client.HTTPConnection("127.0.0.1", ports[name], timeout=web_servers.PATIENCE)
    connection.request("GET", "/pricing?from=docs", headers={"User-Agent": "GPTBot/1.2", "Referer": "https://chatgpt.com/"})
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"<h1>Pricing</h1>")
    connection.close()
    collector.wait(1)
    (request,) = collector.good()
    assert request["event"]["page"]["href"] == f"http://127.0.0.1:{ports[name]}/pricing?from=docs"
    assert request["event"]["request"] == {
        "userAgent": "GPTBot/1.2", "referrer": "https://chatgpt.com/", "clientIp": "127.0.0.1", "method": "GET",
    }  # fmt: skip
    assert request["event"]["properties"] == {"status": 200}
