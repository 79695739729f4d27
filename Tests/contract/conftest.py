# SPDX-License-Identifier: Apache-2.0
"""The two ways into the core that give verdicts, for tests that compare them with the contract's."""

import os
import sys

import pytest
from support.paths import ROOT

sys.path.append(str(ROOT / "collector"))

from verdicts import Library, Tool  # noqa: E402


@pytest.fixture(scope="session")
def tool():
    """The command-line tool: TPC_EVENTS, or the one that `make` builds."""
    return Tool(os.environ.get("TPC_EVENTS", ROOT / "build/bin/tpc-events"))


@pytest.fixture(scope="session")
def library():
    """The shared library: TPC_LIBRARY, or the one that `make` builds."""
    return Library(os.environ.get("TPC_LIBRARY", ROOT / "build/lib/libtpc.so"))
