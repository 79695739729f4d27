# SPDX-License-Identifier: Apache-2.0
"""The built tool, and a collector for it to send to."""

import os
import sys

import pytest

from support.paths import ROOT
from support.servers.collector_process import CollectorProcess
from tool.command import TOOL, Tool, clean_environment

sys.path.append(str(ROOT / "examples"))


@pytest.fixture(scope="session")
def running_collector():
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "collector"))
    with CollectorProcess("--quiet", environment=environment) as collector:
        yield collector


@pytest.fixture
def collector(running_collector):
    """A collector that has received nothing yet and behaves normally."""
    running_collector.reset()
    return running_collector


@pytest.fixture
def tool():
    """The tool, with nowhere to send to."""
    return Tool(TOOL, clean_environment())


@pytest.fixture
def sender(collector):
    """The tool, with the collector as its endpoint and a credential in the environment."""
    environment = clean_environment()
    environment |= {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": collector.url}
    return Tool(TOOL, environment)
