# SPDX-License-Identifier: Apache-2.0
"""The client: a queue of events and the thread that sends them."""

from __future__ import annotations

import ctypes
import math
import weakref
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Callable, Iterator, Mapping, NoReturn, Optional, Set, Type, Union

from . import _capture
from . import _declarations as c
from ._errors import OptionError, ValidationError, error_of, failure
from ._json import json_bytes, unreadable
from ._library import load
from ._listening import reports_as_they_come
from ._logs import PEEK, forward
from ._open_clients import forget_shared, options_of_shared, remember
from ._options import exit_timeout_ms, options_handle
from ._reports import Report, Stats, stats_of, take_report
from ._visit import ABSENT, PageVisit, Property, VisitFields, event_bytes, visit_bytes
from ._waiting import waiting, waiting_async

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ._client_options import ClientOptions

# JSON that is made here contains no NUL.
_WHOLE = ctypes.c_size_t(c.TPC_NTS)
_LONGEST_MS = 2**31 - 1


class Client:
    """Sends page visits in the background: a queue, its thread, and their connection to one endpoint.

        with tpc.Client(api_key="...") as client:
            client.track(href="https://example.com/pricing", user_agent="GPTBot/1.2")

    A server creates one client, keeps it, and calls `track` from any thread. After a fork the child has an empty queue and a
    sender thread of its own; no call is needed for that. A client that is not closed goes on delivering; at the process's
    normal exit the library waits for what is queued, at most `exit_timeout_ms`. One that nobody holds any more delivers what is
    queued and ends by itself.
    """

    def __init__(self, **options: Unpack[ClientOptions]) -> None:
        """Creates a client. Starts no thread: the first `track` does.

        The keywords are the library's options, such as api_key or queue_max_events; its documentation has their table. A list
        means its items with commas between them; None means that the option is not given. Options that are not given are read
        from the environment, such as TPC_API_KEY. Raises OptionError or LibraryNotFound.
        """
        self._open("tpc_client_new", options)

    @classmethod
    def shared(cls, **options: Unpack[ClientOptions]) -> Self:
        """Returns a client that the process shares; the first call creates it. With the option `name`, it is the one of that name,
        whatever the other options; without a name, the first that contradicts none of the options given. Middleware uses it.
        """
        client = cls.__new__(cls)
        client._open("tpc_client_shared", options)
        return client

    def _open(self, function: str, options: Mapping[str, Any]) -> None:
        self._library = load()
        self._options = options
        try:
            self._token = self._created(function, options)
        except OptionError:
            if _capture.current is None:
                raise
            # A test needs no key. This client is not shared: who needs a key should not get it later.
            function = "tpc_client_new"
            self._token = self._created(function, {**options, "dry_run": True})
        if function == "tpc_client_shared":
            self._options = options_of_shared(self._token.value, options)
        self._exit_timeout_ms = exit_timeout_ms(self._options)
        self._take_line: Any = self._library["tpc_log_take"]
        self._wakers: Set[Callable[[], object]] = set()
        self._finalizer: Any = None
        if function == "tpc_client_new":
            self._finalizer = weakref.finalize(self, self._library.tpc_client_release, self._token)
            # The library itself waits for what is queued when the process ends.
            self._finalizer.atexit = False
        self._queue_again()
        if _capture.current is not None:
            _capture.current.attach(self)
        remember(self)

    def _created(self, function: str, options: Mapping[str, Any]) -> ctypes.c_void_p:
        token = ctypes.c_void_p()
        with options_handle(self._library, options) as handle:
            status = getattr(self._library, function)(handle, ctypes.byref(token), failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)
        return token

    def _queue_again(self) -> None:
        """Lets the events go to the queue. While a test captures them, they go elsewhere."""
        # Separate functions without argument types: what `track` passes needs no conversion, and converting would take longer
        # than the call.
        self._track_json: Any = self._library["tpc_client_track_json"]
        self._track_request_json: Any = self._library["tpc_client_track_request"]

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
            text = event_bytes(visit)
        status = self._track_json(self._token, text, _WHOLE, failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)
        if self._take_line(*PEEK):
            forward(self._take_line)

    def track_json(self, text: Union[str, bytes, bytearray, memoryview]) -> None:
        """Queues an event that is JSON already, in UTF-8; `event` is required in it. Otherwise like `track`."""
        data = text if type(text) is bytes else _bytes_of(text)
        status = self._track_json(self._token, data, ctypes.c_size_t(len(data)), failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)
        if self._take_line(*PEEK):
            forward(self._take_line)

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
        if self._take_line(*PEEK):
            forward(self._take_line)

    def flush(self, timeout: float = 5.0) -> int:
        """Waits until every event accepted so far has ended, at most `timeout` seconds; events that wait for a retry are
        tried at once. Returns how many have not ended. Python handles signals after the call. gevent's other greenlets go on.
        """
        pending = ctypes.c_size_t()
        arguments = self._token, _milliseconds(timeout), ctypes.byref(pending)
        status = waiting(lambda: self._library.tpc_client_flush(*arguments))
        forward(self._take_line)
        if status not in (c.TPC_OK, c.TPC_ERROR_TIMEOUT):
            raise error_of(status)
        return pending.value

    def close(self, timeout: float = 5.0) -> int:
        """Closes the client: takes no more events, flushes for at most `timeout` seconds, and ends the thread. Returns how many
        events ended undelivered because of that; those left in spool_directory are not among them. Reports that were not taken
        are lost. A closed client stays closed.
        """
        undelivered = ctypes.c_size_t()
        arguments = self._token, _milliseconds(timeout), ctypes.byref(undelivered)
        try:
            status = waiting(lambda: self._library.tpc_client_close(*arguments))
        finally:
            # A signal's handler that raises must not leave those waiting that listen for reports.
            for wake in list(self._wakers):
                wake()
        if self._finalizer is not None and status != c.TPC_ERROR_INVALID_ARGUMENT:
            self._finalizer.detach()
        if status != c.TPC_ERROR_INVALID_ARGUMENT:
            forget_shared(self._token.value)
        self._queue_again()  # which says that it is closed
        forward(self._take_line)
        if status not in (c.TPC_OK, c.TPC_ERROR_TIMEOUT, c.TPC_ERROR_CLOSED):
            raise error_of(status)
        return undelivered.value

    async def aflush(self, timeout: float = 5.0) -> int:
        """`flush` in asyncio, whose loop goes on."""
        return await waiting_async(lambda: self.flush(timeout))

    async def aclose(self, timeout: float = 5.0) -> int:
        """`close` in asyncio, whose loop goes on. `async with` does it at its end."""
        return await waiting_async(lambda: self.close(timeout))

    def stats(self) -> Stats:
        """Returns the counters."""
        record = c.tpc_stats()
        status = self._library.tpc_client_stats(self._token, ctypes.byref(record), ctypes.sizeof(record))
        forward(self._take_line)
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
        async for report in reports_as_they_come(self):
            yield report

    def __reduce__(self) -> NoReturn:
        """Refuses copy and pickle, as multiprocessing does it with the arguments of a child."""
        raise TypeError("a tpc.Client cannot be copied or pickled; make one of the same options where it is needed")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        await self.aclose()


def _bytes_of(text: Any) -> bytes:
    """Text or bytes of any kind, for the library."""
    try:
        if isinstance(text, str):
            return str.encode(text, "utf-8", "surrogatepass")
        if isinstance(text, (bytes, bytearray, memoryview)):
            return bytes(text)
    except Exception as error:
        raise unreadable(error) from None
    raise ValidationError("", f"found {type(text).__name__}; expected JSON as text or bytes")


def _milliseconds(seconds: float) -> int:
    return math.ceil(min(seconds * 1000, _LONGEST_MS)) if seconds >= 0 else -1
