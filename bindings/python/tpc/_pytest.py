# SPDX-License-Identifier: Apache-2.0
"""pytest's plugin, which pytest finds by the package's entry point."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List

import pytest

from ._errors import LibraryNotFound
from .testing import capture


@pytest.fixture
def tpc_visits() -> Iterator[List[Dict[str, Any]]]:
    """The page visits of the test, which are captured in place of being sent: see tpc.testing.capture."""
    with contextlib.ExitStack() as stack:
        try:
            visits = stack.enter_context(capture())
        except LibraryNotFound as error:
            pytest.skip(str(error))
        yield visits
