"""A running collector."""

import pytest

from support.servers.collector_process import CollectorProcess


@pytest.fixture(scope="session")
def running_collector():
    with CollectorProcess() as collector:
        yield collector


@pytest.fixture
def collector(running_collector):
    """A collector that has received nothing yet and behaves normally."""
    running_collector.reset()
    return running_collector
