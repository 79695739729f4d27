# SPDX-License-Identifier: Apache-2.0
"""For the tests of an application: captures the page visits of a block in place of sending them. Needs no server and no key.

    with tpc.testing.capture() as visits:
        web_client.get("/pricing")
    assert visits[0]["page"]["href"] == "http://testserver/pricing"

pytest has them as the fixture `tpc_visits`.
"""

from __future__ import annotations

import contextlib
import ctypes
from typing import Any, Dict, Iterator, List

from ._capture import Capture
from ._elsewhere import Elsewhere
from ._errors import LibraryNotFound
from ._library import load


@contextlib.contextmanager
def capture() -> Iterator[List[Dict[str, Any]]]:
    """Yields the list of the block's visits, each a dict as it would be sent: checked, completed, redacted and labeled. Those that
    a rule leaves out are not in it.

    It gets the visits of every client and middleware of the process, in any thread, whenever it was made; nothing is queued or
    counted. Pages of this machine, such as http://testserver/, count as well, and enabled=False does not. Of several captures, the
    one that began last gets the visits. Raises LibraryNotFound where the library is missing, and on a system where nothing is tracked.
    """
    library: ctypes.PyDLL = load()
    if isinstance(library, Elsewhere):
        raise LibraryNotFound("", "page visits cannot be captured on this system, which is not Linux with glibc")
    captured = Capture(library)
    try:
        captured.begin()
        yield captured.events
    finally:
        captured.end()
