# SPDX-License-Identifier: Apache-2.0
"""Puts the package on the path, and gives the tests a collector and clients that send to it."""

import os
import sys

import pytest

from support import paths
from support.servers.collector_process import CollectorProcess

PACKAGE = paths.ROOT / "bindings" / "python"
sys.path.insert(0, str(PACKAGE))

# Options of the machine that runs the tests are not theirs.
for name in list(os.environ):
    if name.startswith(("TPC_", "THE_PROMPTING_COMPANY_")) and name != "TPC_BUILD":
        del os.environ[name]
os.environ["TPC_LIBRARY"] = str(paths.LIBRARY)

import tpc  # noqa: E402
from tpc import _faults  # noqa: E402


@pytest.fixture(autouse=True)
def warnings_anew():
    """Each kind of warning comes once in a process, and for these tests once in a test."""
    _faults._logged.clear()


@pytest.fixture(scope="session")
def running_collector():
    with CollectorProcess("--quiet", "--keep", "20000") as collector:
        yield collector


@pytest.fixture
def collector(running_collector):
    """The collector, empty."""
    running_collector.reset()
    return running_collector


@pytest.fixture
def client(collector):
    """Makes clients that send to the collector; they are closed at the end."""
    made = []

    def make(**options):
        options = {"base_url": collector.url, "api_key": "key-of-the-test", "log_level": "off", **options}
        made.append(tpc.Client(**options))
        return made[-1]

    yield make
    for one in made:
        one.close(0)


@pytest.fixture
def sent(client, collector):
    """Tracks one event as Client.track does and returns what the collector got."""
    sender = client()

    def send(*arguments, **keywords):
        sender.track(*arguments, **keywords)
        assert sender.flush(60) == 0
        return collector.all()[-1]["event"]

    return send


@pytest.fixture
def environment(collector):
    """What a separate program needs to find the package, the library and the collector."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG")}
    return {
        **kept,
        "PYTHONPATH": str(PACKAGE),
        "TPC_LIBRARY": str(paths.LIBRARY),
        "TPC_API_KEY": "key-of-the-test",
        "THE_PROMPTING_COMPANY_BASE_URL": collector.url,
    }
