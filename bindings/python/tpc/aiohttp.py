# SPDX-License-Identifier: Apache-2.0
"""Middleware for aiohttp's server:

    tpc.aiohttp.setup(app)
"""

from __future__ import annotations

import asyncio
import socket
from time import time
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Optional, Tuple

from aiohttp import web

from ._client import Client
from ._library import request_headers
from ._requests import MARK, decoded, escaped, request_json
from ._tracker import AsyncBeforeSend, AsyncEventHook, Tracker, Visit

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Newer versions warn about a key that is text.
_KEY: Any = web.RequestKey(MARK, object) if hasattr(web, "RequestKey") else MARK


def setup(
    app: web.Application,
    client: Optional[Client] = None,
    *,
    event: Optional[AsyncEventHook] = None,
    before_send: Optional[AsyncBeforeSend] = None,
    **options: Unpack[ClientOptions],
) -> None:
    """Tracks page visits once the application has answered; never raises into it and never makes it wait.

    Without a client, the first request takes the process's shared one for the options and the environment. `event` is called with
    aiohttp's request and response, and returns what to add to the event in the contract's shape, None, or False to leave the visit
    out. `before_send` is called with the whole event, a dict, and returns the event to send, or None to send none. Both may be
    coroutine functions: they are awaited once the response is sent. Raises OptionError for a wrong option. What is queued is
    delivered in the application's clean-up, for at most exit_timeout_ms.
    """
    tracker = Tracker(client, event, before_send, options, awaits=True)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _KEY in request:
            return await handler(request)
        request[_KEY] = visit = _Visit(tracker, request)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            visit.follow(error)
            raise
        except BaseException:
            # A response that broke off is known from the signal only.
            await visit.end()
            raise
        visit.follow(response)
        return response

    async def announced(request: web.Request, response: web.StreamResponse) -> None:
        visit = request.get(_KEY)
        if visit is not None:
            visit.answered = response

    async def flush(_: web.Application) -> None:
        await asyncio.get_running_loop().run_in_executor(None, tracker.flush)

    app.middlewares.insert(0, middleware)
    app.on_response_prepare.append(announced)
    app.on_cleanup.append(flush)


class _Visit(Visit):
    """One request and its response."""

    def __init__(self, tracker: Tracker, request: web.Request) -> None:
        self.came = time()
        self.request = request
        self.answered: Any = None
        self._tracker = tracker
        # The transport is gone when the reader is.
        self._peer = _peer_of(request.transport)

    def follow(self, response: Any) -> None:
        """Has the visit tracked when aiohttp has sent the response, after this and all other middleware."""
        write_eof = getattr(response, "write_eof", None)
        if write_eof is None:  # not a response, which aiohttp answers with 500
            return

        async def write_eof_and_track(*arguments: Any) -> None:
            # A response must not hold itself: it would wait for the collector of garbage.
            vars(response).pop("write_eof", None)
            try:
                await write_eof(*arguments)
            finally:
                await self.end()

        self.answered = response
        response.write_eof = write_eof_and_track

    async def end(self) -> None:
        """Tracks the visit, if anything was sent; once."""
        request, response, self.answered = self.request, self.answered, None
        writer = request.writer
        if response is not None and writer is not None and writer.output_size > 0:
            self._response = response
            if self._tracker.has_hooks:
                await self._tracker.track_async(self)
            else:
                self._tracker.track(self)
        request.pop(_KEY, None)

    def members(self) -> str:
        request, response, (peer, socket_peer) = self.request, self._response, self._peer
        # aiohttp-remotes replaces the address with the one that it found in a proxy's header.
        client = request.remote if request.remote and request.remote != peer else None
        headers = {name: _header(request, name) for name in request_headers() if name in request.headers}
        return request_json(
            request.method, request.scheme, _text(request.host), _target(request.raw_path), socket_peer, client, headers,
            response.status, response.headers.get("Content-Type"),
        )  # fmt: skip

    def response(self) -> Any:
        return self._response


def _peer_of(transport: Any) -> Tuple[Optional[str], Optional[str]]:
    """The peer's address as aiohttp has it, and as the library expects it."""
    if transport is None:
        return None, None
    peer = transport.get_extra_info("peername")
    if isinstance(peer, (tuple, list)):
        return str(peer[0]), str(peer[0])
    connection = transport.get_extra_info("socket")
    unix = connection is not None and connection.family == getattr(socket, "AF_UNIX", None)
    return peer, "unix:" if unix else None


def _target(raw_path: str) -> str:
    return raw_path if raw_path.isascii() else escaped(raw_path.encode("utf-8", "surrogateescape"))


def _header(request: web.Request, name: str) -> str:
    return ", ".join([_text(value) for value in request.headers.getall(name)])


def _text(value: str) -> str:
    """A header's text. aiohttp reads it as UTF-8, and keeps the bytes that are not as surrogates."""
    return value if value.isascii() else decoded(value.encode("utf-8", "surrogateescape"))
