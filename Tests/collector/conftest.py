"""Puts Tests/ on the path, for `servers`, and gives the tests a running collector."""

import pathlib
import sys

import hypothesis
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from servers.collector_process import CollectorProcess  # noqa: E402

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


@pytest.fixture(scope="session")
def running_collector():
    with CollectorProcess() as collector:
        yield collector


@pytest.fixture
def collector(running_collector):
    """A collector that has received nothing yet and behaves normally."""
    running_collector.reset()
    return running_collector
