# SPDX-License-Identifier: Apache-2.0
"""Every scenario in every language, one collector for all, and for most one process for each language."""

import os

import pytest
from support.servers.collector_process import CollectorProcess

from . import reading, running
from .compiled import compiles
from .languages import LANGUAGES, TEXTS, Drivers


def pytest_generate_tests(metafunc):
    if "scenario" in metafunc.fixturenames:
        scenarios = reading.load()
        cases = [(language, scenario) for language in LANGUAGES for scenario in scenarios]
        cases = [(language, scenario) for language, scenario in cases if not language.is_compiled or compiles(scenario)]
        cases += [(TEXTS, scenario) for scenario in scenarios if any("track_request" in call for call in scenario.calls)]
        # Where only the library is built, as for planted bugs, the other languages have nothing to run.
        named = os.environ.get("SCENARIO_LANGUAGES", "").split()
        cases = [(language, scenario) for language, scenario in cases if not named or language.name in named]
        ids = [f"{language.name}: {scenario.title}" for language, scenario in cases]
        metafunc.parametrize(("language", "scenario"), cases, ids=ids)


@pytest.fixture(scope="session")
def collector():
    arguments = [part for kind, value in running.CREDENTIALS.items() for part in ("--credential", f"{kind}={value}")]
    with CollectorProcess("--quiet", *arguments) as collector:
        yield collector


@pytest.fixture(scope="session")
def drivers():
    drivers = Drivers()
    yield drivers
    # A driver that cannot end properly is a failure, too.
    drivers.stop()
