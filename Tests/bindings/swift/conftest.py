# SPDX-License-Identifier: Apache-2.0
"""Gives the tests the consumer, which is built once, a collector, and the names of the module."""

import os
import subprocess

import pytest

from support import swift_programs
from support.servers.collector_process import CollectorProcess

from . import symbols


@pytest.fixture(scope="session")
def running_collector():
    with CollectorProcess("--quiet", "--keep", "20000") as collector:
        yield collector


@pytest.fixture
def collector(running_collector):
    """The collector, empty."""
    running_collector.reset()
    return running_collector


@pytest.fixture(scope="session")
def program():
    return swift_programs.built(*swift_programs.CONSUMER)


@pytest.fixture
def start(program):
    """Starts a command of the consumer that sends to a URL. What runs at the end of the test is killed."""
    started = []

    def start(command, url, **variables):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("TPC_", "THE_PROMPTING"))}
        environment |= {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": url, **variables}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen([str(program), command], env=environment, encoding="utf-8", **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run(start, collector):
    """Runs a command to its end and returns what it printed. A sentence on standard error is a failure, unless it is expected."""

    def run(command, url=None, errors="", **variables):
        process = start(command, url or collector.url, **variables)
        output, found = process.communicate(timeout=240)
        assert (process.returncode, found) == (0, errors)
        return output

    return run


@pytest.fixture(scope="session")
def graph(tmp_path_factory):
    """The module's public symbols."""
    return symbols.Graph(tmp_path_factory.mktemp("symbols"))
