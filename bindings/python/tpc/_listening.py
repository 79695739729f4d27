# SPDX-License-Identifier: Apache-2.0
"""Reports as they come, in asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, AsyncIterator, Optional

from ._elsewhere import Elsewhere
from ._errors import Closed, OptionError
from ._reports import Report

if TYPE_CHECKING:
    from ._client import Client


async def reports_as_they_come(client: Client) -> AsyncIterator[Report]:
    """Takes the client's reports until it is closed. The running event loop waits for the library's descriptor."""
    descriptor = _descriptor(client)
    loop, ready = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # raised when the loop is closed
            loop.call_soon_threadsafe(ready.set)

    client._wakers.add(wake)
    try:
        while True:
            try:
                for report in client.reports():
                    yield report
            except Closed:
                return
            # Watch the descriptor only while waiting: it stays readable until the reports are taken.
            if descriptor is not None:
                loop.add_reader(descriptor, ready.set)
            try:
                await ready.wait()
            finally:
                if descriptor is not None:
                    loop.remove_reader(descriptor)
            ready.clear()
    finally:
        client._wakers.discard(wake)
        if descriptor is not None:
            os.close(descriptor)


def _descriptor(client: Client) -> Optional[int]:
    """Readable when there are reports. A duplicate: the library's own is closed with the client, and its number may then belong to
    another file. None on a system where nothing is tracked, so that there never are any.
    """
    descriptor = client._library.tpc_client_report_descriptor(client._token)
    if descriptor >= 0:
        return os.dup(descriptor)
    client.stats()  # raises Closed if the client is closed
    if isinstance(client._library, Elsewhere):
        return None
    raise OptionError("report_capacity", "found 0, with which no reports are kept; expected more")
