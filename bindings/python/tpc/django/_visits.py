# SPDX-License-Identifier: Apache-2.0
"""Django's requests and responses as visits."""

from __future__ import annotations

import re
from time import time
from typing import Any, AsyncIterator, Iterator, Optional, Tuple
from urllib.parse import quote

from asgiref.sync import async_to_sync, sync_to_async

from .._faults import warn_once
from .._requests import MARK, PATH, inside_asgi, request_of_environ, request_of_scope, target_of_scope
from .._tracker import Tracker, Visit

# What Django makes of bytes in a path that are not UTF-8.
_BROKEN = re.compile("%(?![89A-F][0-9A-F])")


def followed(tracker: Tracker, request: Any) -> Optional[_Visit]:
    """The visit that the request may become; None when a middleware outside of this one watches it already."""
    carrier = request.scope if hasattr(request, "scope") else request.META
    if MARK in carrier or inside_asgi.get():
        return None
    carrier[MARK] = True
    return _Visit(tracker, request)


class _Visit(Visit):
    """A request and its response. Django calls it when the response is closed, which is after it was sent."""

    def __init__(self, tracker: Tracker, request: Any) -> None:
        self.came = time()
        self.request = request
        self._tracker = tracker
        self._response: Any = None
        self._broke = False

    def answered(self, response: Any) -> Any:
        """The response, which holds this visit until it is closed: no longer, or it would wait for the collector of garbage."""
        self._response = response
        response._resource_closers.append(self)
        # A file may be sent by the server, which needs it as it is.
        if response.streaming and getattr(response, "file_to_stream", None) is None:
            # A server need not ask for the body of a HEAD request.
            self._broke = self.request.method != "HEAD"
            parts = self._parts_async if getattr(response, "is_async", False) else self._parts
            response.streaming_content = parts(response.streaming_content)
        return response

    def __call__(self) -> None:
        if self._ends():
            if self._tracker.awaits:
                self._track_and_wait()
            else:
                self._tracker.track(self)
        self.request = self._response = None

    async def _end_async(self) -> None:
        """The same in an event loop."""
        if not self._tracker.awaits:
            await sync_to_async(self)()  # a hook may ask Django's database
            return
        if self._ends():
            await self._tracker.track_async(self)
        self.request = self._response = None

    def _ends(self) -> bool:
        """Whether this is a visit that ends now."""
        if self.request is None:
            return False
        carrier = self.request.scope if hasattr(self.request, "scope") else self.request.META
        carrier.pop(MARK, None)
        return not self._broke

    def _track_and_wait(self) -> None:
        try:
            async_to_sync(self._tracker.track_async)(self)
        except RuntimeError as error:  # this is an event loop's thread: Django's test client in an asynchronous test
            warn_once("a page visit was not tracked", error)

    def _parts(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        """The parts of a body. A fault before the first comes before the status is sent."""
        self._broke = True
        for part in parts:
            self._broke = self._broke and not part
            yield part
        self._broke = False

    async def _parts_async(self, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        self._broke = True
        try:
            async for part in parts:
                self._broke = self._broke and not part
                yield part
        except Exception:
            # Under ASGI, Django does not close a response that breaks off.
            await self._end_async()
            raise
        self._broke = False
        if self._tracker.awaits:
            # Django's asynchronous test client closes the response in the event loop, where nothing can wait.
            await self._end_async()

    def __reduce__(self) -> Tuple[Any, ...]:
        """In a cache, a copy of the response has no visit."""
        return (_nobody, ())

    def members(self) -> str:
        request, status, content_type = self.request, self._response.status_code, self._response.get("Content-Type")
        if hasattr(request, "scope"):
            return request_of_scope(request.scope, target_of_scope(request.scope), status, content_type)
        return request_of_environ(request.META, _target(request.META), status, content_type)

    def response(self) -> Any:
        return self._response


def _target(environ: Any) -> str:
    """The target as the client sent it, as far as the server passes it on. Django has decoded the other parts as UTF-8."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return str(raw)
    path = quote(_BROKEN.sub("%25", environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")), PATH + "%") or "/"
    query = environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def _nobody() -> Any:
    return _nothing


def _nothing() -> None:
    pass
