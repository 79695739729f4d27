# SPDX-License-Identifier: Apache-2.0
"""pytest's plugin, which pytest finds by the package's entry point."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, List

import pytest

from ._elsewhere import is_elsewhere
from ._errors import LibraryNotFound
from .testing import capture


@pytest.fixture
def tpc_visits() -> Iterator[List[Dict[str, Any]]]:
    """The page visits of the test, which are captured in place of being sent: see tpc.testing.capture. Skips the test on a system
    where nothing is tracked; where only the library is missing, the test fails.
    """
    with contextlib.ExitStack() as stack:
        try:
            visits = stack.enter_context(capture())
        except LibraryNotFound as error:
            if not is_elsewhere():
                raise
            pytest.skip(str(error))
        yield visits
