# SPDX-License-Identifier: Apache-2.0
"""Takes the events of every client in place of its queue, while a test captures them. Costs nothing at other times: a client that
is captured has other functions.
"""

from __future__ import annotations

import ctypes
import json
import weakref
from typing import Any, Dict, List, Optional

from . import _declarations as c
from ._open_clients import all_clients

# What a captured client's options are besides its own: it sends nothing and needs no key, and pages of this machine count.
_OPTIONS = {"dry_run": True, "base_url": "http://127.0.0.1", "name": None, "report_capacity": None}
_USUAL = 65_536

# The captures that are going on, and the last of them that began, which gets the visits. They may end in any order: tests that run
# at once, in threads or in asyncio's tasks, have some of their own.
_captures: List[Capture] = []
current: Optional[Capture] = None


class Capture:
    """The events of a block, each as the library would send it."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        self.events: List[Dict[str, Any]] = []
        self._library = library
        # For each client its double, by the client's token.
        self._doubles: Dict[Optional[int], ctypes.c_void_p] = {}

    def begin(self) -> None:
        """Takes the events of every client from now on."""
        global current
        _captures.append(self)
        current = self
        for client in all_clients():
            self.attach(client)

    def end(self) -> None:
        """Leaves the clients to the capture that began last among the others, or to their queues."""
        global current
        _captures.remove(self)
        current = _captures[-1] if _captures else None
        for client in all_clients():
            if current is None:
                client._queue_again()
            else:
                current.attach(client)
        self._doubles.clear()

    def attach(self, client: Any) -> None:
        """Takes the client's events from now on. One that is closed stays so."""
        status = self._library.tpc_client_stats(client._token, ctypes.byref(c.tpc_stats()), ctypes.sizeof(c.tpc_stats))
        if status != c.TPC_OK:
            return
        if client._token.value not in self._doubles:
            double = client._created("tpc_client_new", {**client._options, **_OPTIONS})
            # It stays until nobody holds it: another thread may be in the middle of a call when the capture ends.
            weakref.finalize(double, self._library.tpc_client_release, ctypes.c_void_p(double.value))
            self._doubles[client._token.value] = double
        client._track_json, client._track_request_json = self._track_json, self._track_request

    def double(self, token: ctypes.c_void_p) -> ctypes.c_void_p:
        """The double of a client; the client itself when it is not captured, or no longer."""
        return self._doubles.get(token.value, token)

    def _track_json(self, token: ctypes.c_void_p, text: bytes, length: Any, error: Any) -> int:
        """In place of tpc_client_track_json."""
        double, event = self.double(token), ctypes.c_void_p()
        if double is token:
            return int(self._library["tpc_client_track_json"](token, text, length, error))
        status = self._library.tpc_event_from_json(text, length, ctypes.byref(event), error)
        return self._take(double, event, None, error) if status == c.TPC_OK else int(status)

    def _track_request(self, token: ctypes.c_void_p, text: bytes, length: Any, left_out: Any, error: Any) -> int:
        """In place of tpc_client_track_request."""
        double, event = self.double(token), ctypes.c_void_p()
        if double is token:
            return int(self._library["tpc_client_track_request"](token, text, length, left_out, error))
        status = self._library.tpc_client_event_from_request(double, text, length, ctypes.byref(event), left_out, error)
        if status != c.TPC_OK or event.value is None:
            return int(status)
        return self._take(double, event, left_out, error)

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
