# SPDX-License-Identifier: Apache-2.0
"""Takes the events of every client in place of its queue, while a test captures them. Costs nothing at other times: a client that
is captured has other functions.
"""

from __future__ import annotations

import ctypes
import json
from typing import Any, Dict, List, Optional

from . import _declarations as c

# What a captured client's options are besides its own: it sends nothing and needs no key, and pages of this machine count.
_OPTIONS = {"dry_run": True, "base_url": "http://127.0.0.1", "name": None, "report_capacity": None}
_USUAL = 65_536

# The innermost capture that is going on.
current: Optional[Capture] = None


class Capture:
    """The events of a block, each as the library would send it."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        self.events: List[Dict[str, Any]] = []
        self._library = library
        # For each client its double, by the client's token.
        self._doubles: Dict[Optional[int], ctypes.c_void_p] = {}

    def attach(self, client: Any) -> None:
        """Takes the client's events from now on. One that is closed stays so."""
        status = self._library.tpc_client_stats(client._own, ctypes.byref(c.tpc_stats()), ctypes.sizeof(c.tpc_stats))
        if status == c.TPC_OK:
            client._token = self._double(client)
            client._track_json, client._track_request_json = self._track_json, self._track_request

    def end(self) -> None:
        """Frees what the capture needed. No client may be attached any more."""
        for token in self._doubles.values():
            self._library.tpc_client_close(token, 0, ctypes.byref(ctypes.c_size_t()))
        self._doubles.clear()

    def _double(self, client: Any) -> ctypes.c_void_p:
        found: Optional[ctypes.c_void_p] = self._doubles.get(client._own.value)
        if found is None:
            found = self._doubles[client._own.value] = client._created("tpc_client_new", {**client._options, **_OPTIONS})
        return found

    def _track_json(self, token: ctypes.c_void_p, text: bytes, length: Any, error: Any) -> int:
        """In place of tpc_client_track_json."""
        event = ctypes.c_void_p()
        status = self._library.tpc_event_from_json(text, length, ctypes.byref(event), error)
        return self._take(token, event, None, error) if status == c.TPC_OK else int(status)

    def _track_request(self, token: ctypes.c_void_p, text: bytes, length: Any, left_out: Any, error: Any) -> int:
        """In place of tpc_client_track_request."""
        event = ctypes.c_void_p()
        status = self._library.tpc_client_event_from_request(token, text, length, ctypes.byref(event), left_out, error)
        if status != c.TPC_OK or event.value is None:
            return int(status)
        return self._take(token, event, left_out, error)

    def _take(self, token: ctypes.c_void_p, event: ctypes.c_void_p, left_out: Any, error: Any) -> int:
        length, rule = ctypes.c_size_t(), ctypes.c_char_p()
        size, status = _USUAL, c.TPC_ERROR_BUFFER_TOO_SMALL
        try:
            while status == c.TPC_ERROR_BUFFER_TOO_SMALL:
                buffer = ctypes.create_string_buffer(size)
                status = self._library.tpc_client_event_to_json(
                    token, event, buffer, size, ctypes.byref(length), ctypes.byref(rule), error
                )
                size = length.value + 1
        finally:
            self._library.tpc_event_free(event)
        if status == c.TPC_OK and length.value:
            self.events.append(json.loads(buffer.raw[: length.value]))
        elif status == c.TPC_OK and left_out is not None:
            left_out._obj.value = rule.value
        return status
