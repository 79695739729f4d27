"""A server, and clients that send to it."""

import json
import os

import pytest

from support import paths
from support.objects import Client
from support.servers.fault_server import FaultServer

from .building import run

# Options of the machine that runs the tests are not theirs.
for name in list(os.environ):
    if name.startswith(("TPC_", "THE_PROMPTING_COMPANY_")) and name not in ("TPC_BUILD", "TPC_LIBRARY"):
        del os.environ[name]


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """What `make install` puts below DESTDIR. Everything is built already; nothing is built here."""
    destination = tmp_path_factory.mktemp("destination")
    run("make", "-C", paths.ROOT, "-o", "all", "install", f"DESTDIR={destination}", "PREFIX=/usr")
    return destination / "usr"


@pytest.fixture
def server():
    """A server that takes every event, and whose `requests` are what came."""
    with FaultServer() as running:
        yield running


@pytest.fixture
def client(server):
    """Makes clients that send to the server; they are closed at the end."""
    made = []

    def make(**options):
        options = {"base_url": server.url, "api_key": "key-of-the-test", "log_level": "off", **options}
        made.append(Client(**options))
        return made[-1]

    yield make
    for one in made:
        one.free()


@pytest.fixture
def sent(server, client):
    """Sends one event, an `Event` or JSON, and returns the request's body as it was read."""
    clients = {}

    def send(event, **options):
        key = tuple(sorted(options.items()))
        if key not in clients:
            clients[key] = client(**options)
        count = len(server.requests)
        if isinstance(event, (str, bytes)):
            clients[key].track_json(event)
        elif isinstance(event, dict):
            clients[key].track_json(json.dumps(event))
        else:
            clients[key].track(event)
        clients[key].flush()
        (request,) = server.requests[count:]
        return json.loads(request.body)

    return send
