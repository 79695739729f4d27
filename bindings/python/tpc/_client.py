# SPDX-License-Identifier: Apache-2.0
"""The client: a queue of events and the thread that sends them."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import math
import os
from collections.abc import Mapping as AbstractMapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Iterator, Mapping, Optional, Set, Type, Union

from . import _declarations as c
from . import _ending
from ._errors import Closed, OptionError, error_of, failure
from ._json import json_bytes
from ._library import load
from ._options import options_handle
from ._reports import Report, Stats, stats_of, take_report
from ._visit import ABSENT, PageVisit, Property, VisitFields, visit_bytes

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

# JSON that is made here contains no NUL.
_WHOLE = ctypes.c_size_t(c.TPC_NTS)
_LONGEST_MS = 2**31 - 1


class Client:
    """Sends page visits in the background: a queue, its thread, and their connection to one endpoint.

        with tpc.Client(api_key="...") as client:
            client.track(href="https://example.com/pricing", user_agent="GPTBot/1.2")

    A server creates one client, keeps it, and calls `track` from any thread. After a fork the child has an empty queue and a
    sender thread of its own; no call is needed for that. A client that is not closed goes on delivering; at the process's
    normal exit the library waits for what is queued, at most `exit_timeout_ms`.
    """

    def __init__(self, **options: Any) -> None:
        """Creates a client. Starts no thread: the first `track` does.

        The keywords are the library's options, such as api_key or queue_max_events; its documentation has their table. A list
        means its items with commas between them; None means that the option is not given. Options that are not given are read
        from the environment, such as TPC_API_KEY. Raises OptionError or LibraryNotFound.
        """
        self._open("tpc_client_new", options)

    @classmethod
    def shared(cls, **options: Any) -> Self:
        """Returns the process's one client of the name in the option `name`. The first call creates it; later calls return the
        same client, whatever their other options, until it is closed.
        """
        client = cls.__new__(cls)
        client._open("tpc_client_shared", options)
        return client

    def _open(self, function: str, options: Mapping[str, Any]) -> None:
        self._library = load()
        self._token = ctypes.c_void_p()
        with options_handle(self._library, options) as handle:
            create = getattr(self._library, function)
            status = create(handle, ctypes.byref(self._token), failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)
        # Separate functions without argument types: what `track` passes needs no conversion, and converting would take longer
        # than the call.
        self._track_json: Any = self._library["tpc_client_track_json"]
        self._track_request_json: Any = self._library["tpc_client_track_request"]
        self._wakers: Set[Callable[[], object]] = set()
        _ending.opened(self, options)

    def track(
        self,
        visit: Optional[Union[PageVisit, Mapping[str, Any]]] = None,
        /,
        *,
        properties: Mapping[str, Property] = ABSENT,
        **fields: Unpack[VisitFields],
    ) -> None:
        """Checks an event, fills in what is absent and queues it. Never waits for the network.

        Takes PageVisit's fields as keywords (href, title, user_agent, ...); or a PageVisit; or a mapping in the contract's own
        shape, such as {"event": "page_visit", "page": {"href": "https://example.com/"}}.

        Raises ValidationError, TooLarge, QueueFull or Closed; the event is then not queued.
        """
        if visit is None:
            text = visit_bytes(fields, properties)
        elif fields or properties is not ABSENT:
            raise TypeError("track() takes an event or its fields as keywords, not both")
        elif isinstance(visit, PageVisit):
            return self.track(**visit.given())
        else:
            # As with keywords, "event" may be left out.
            text = json_bytes({"event": "page_visit", **visit} if isinstance(visit, AbstractMapping) else visit)
        status = self._track_json(self._token, text, _WHOLE, failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)

    def track_json(self, text: Union[str, bytes]) -> None:
        """Queues an event that is JSON already, in UTF-8; `event` is required in it. Otherwise like `track`."""
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        status = self._track_json(self._token, data, ctypes.c_size_t(len(data)), failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)

    def track_request(self, request: Mapping[str, Any]) -> Optional[str]:
        """Tracks a web request if it is a page visit by the library's rules; for middleware. Never waits for the network.

        Takes {"method": "GET", "scheme": "https", "host": "example.com", "target": "/pricing?plan=pro", "status": 200,
        "contentType": "text/html", "remoteAddress": "10.0.0.1", "clientAddress": "192.0.2.7", "headers": {"user-agent":
        "GPTBot/1.2"}, "event": {"page": {"title": "Pricing"}}}. Only method, target and host are required. The peer of a Unix
        socket is "unix:"; clientAddress is the address that the server itself found. `event` is what the application adds, in the
        contract's shape.

        Returns None when the visit was tracked, and otherwise the name of the rule that left it out: "method", "status",
        "destination", "prefetch", "content_type", "asset", "machine_file", "path", "health_check", "local_host",
        "privacy_signal", "not_ai_agent" or "not_ai". Raises InvalidArgument when this is not a valid request, and whatever `track`
        raises.
        """
        left_out = ctypes.c_char_p()
        self._track_request(json_bytes(request), ctypes.byref(left_out))
        return left_out.value.decode() if left_out.value is not None else None

    def _track_request(self, text: bytes, left_out: Any = None) -> None:
        """`track_request` for a request that is JSON already."""
        status = self._track_request_json(self._token, text, _WHOLE, left_out, failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)

    def flush(self, timeout: float = 5.0) -> int:
        """Waits until every event accepted so far has ended, at most `timeout` seconds; events that wait for a retry are
        tried at once. Returns how many have not ended. Python handles signals after the call.
        """
        pending = ctypes.c_size_t()
        status = self._library.tpc_client_flush(self._token, _milliseconds(timeout), ctypes.byref(pending))
        if status not in (c.TPC_OK, c.TPC_ERROR_TIMEOUT):
            raise error_of(status)
        return pending.value

    def close(self, timeout: float = 5.0) -> int:
        """Closes the client: takes no more events, flushes for at most `timeout` seconds, and ends the thread. Returns how many
        events ended undelivered because of that. Reports that were not taken are lost. A closed client stays closed.
        """
        undelivered = ctypes.c_size_t()
        status = self._library.tpc_client_close(self._token, _milliseconds(timeout), ctypes.byref(undelivered))
        if status not in (c.TPC_OK, c.TPC_ERROR_TIMEOUT, c.TPC_ERROR_CLOSED):
            raise error_of(status)
        for wake in list(self._wakers):
            wake()
        return undelivered.value

    def stats(self) -> Stats:
        """Returns the counters."""
        record = c.tpc_stats()
        status = self._library.tpc_client_stats(self._token, ctypes.byref(record), ctypes.sizeof(record))
        if status != c.TPC_OK:
            raise error_of(status)
        return stats_of(record)

    def reports(self) -> Iterator[Report]:
        """Takes the reports that are available, oldest first. Reports are kept only when report_capacity is above 0."""
        while True:
            handle = ctypes.c_void_p()
            status = self._library.tpc_client_poll(self._token, 0, ctypes.byref(handle))
            if status != c.TPC_OK:
                raise error_of(status)
            if handle.value is None:
                return
            yield take_report(self._library, handle.value)

    async def reports_async(self) -> AsyncIterator[Report]:
        """Takes reports as they come in, until the client is closed. The running event loop waits for the library's
        descriptor.
        """
        descriptor = self._library.tpc_client_report_descriptor(self._token)
        if descriptor < 0:
            self.stats()  # raises Closed if the client is closed
            raise OptionError("report_capacity", "found 0, with which no reports are kept; expected more")
        # A duplicate: the library's own is closed with the client, and its number may then belong to another file.
        descriptor = os.dup(descriptor)
        loop, ready = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # raised when the loop is closed
                loop.call_soon_threadsafe(ready.set)

        self._wakers.add(wake)
        try:
            while True:
                try:
                    for report in self.reports():
                        yield report
                except Closed:
                    return
                # Watch the descriptor only while waiting: it stays readable until the reports are taken.
                loop.add_reader(descriptor, ready.set)
                try:
                    await ready.wait()
                finally:
                    loop.remove_reader(descriptor)
                ready.clear()
        finally:
            self._wakers.discard(wake)
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()


def _milliseconds(seconds: float) -> int:
    return math.ceil(min(seconds * 1000, _LONGEST_MS)) if seconds >= 0 else -1
