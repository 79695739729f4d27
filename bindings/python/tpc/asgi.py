# SPDX-License-Identifier: Apache-2.0
"""Middleware for every ASGI application (FastAPI and Starlette: app.add_middleware(tpc.asgi.Middleware)):

    application = tpc.asgi.Middleware(application)
"""

from __future__ import annotations

import asyncio
from time import time
from typing import TYPE_CHECKING, Any, Awaitable, Callable, MutableMapping, Optional

from ._client import Client
from ._requests import MARK, Scope, inside_asgi, request_of_scope, target_of_scope
from ._tracker import AsyncBeforeSend, AsyncEventHook, Response, Tracker, Visit

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# The messages that send a body or a part of it; the last two belong to extensions.
_BODIES = ("http.response.body", "http.response.pathsend", "http.response.zerocopysend")


class Middleware:
    """Tracks page visits once the application has answered; never raises into it and never makes it wait.

    Without a client, the first request takes the process's shared one for the options and the environment. `event` is called with
    the scope and a Response, and returns what to add to the event in the contract's shape, None, or False to leave the visit out.
    `before_send` is called with the whole event, a dict, and returns the event to send, or None to send none. Both may be coroutine
    functions: they are awaited once the response is sent. Raises OptionError for a wrong option.

    What is queued is delivered before the server shuts down, for at most exit_timeout_ms: uvicorn ends its processes by a signal,
    which the library cannot notice.
    """

    def __init__(
        self,
        app: Application,
        client: Optional[Client] = None,
        *,
        event: Optional[AsyncEventHook] = None,
        before_send: Optional[AsyncBeforeSend] = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        self.app = app
        self._tracker = Tracker(client, event, before_send, options, awaits=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if MARK in scope:
                await self.app(scope, receive, send)
            else:
                await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        # In the scope itself: what watches from outside has to see what routers put into it.
        scope[MARK] = True
        visit = _Visit(scope)

        async def watch(message: Message) -> None:
            await send(message)
            kind = message["type"]
            if kind == "http.response.start":
                visit.start = message
            elif kind in _BODIES:
                # The first body sends the status: until then, the server has to wait.
                visit.sent = True
                if not message.get("more_body", False):
                    await self._end(visit)

        token = inside_asgi.set(True)
        try:
            await self.app(scope, receive, watch)
        finally:
            inside_asgi.reset(token)
            if not visit.ended or visit.tracking is not None:
                await self._end(visit)

    async def _end(self, visit: _Visit) -> None:
        """Tracks the visit, if anything was sent; once."""
        if not visit.ended:
            visit.ended = True
            if visit.sent and visit.start is not None:
                if self._tracker.awaits:
                    # In a task of its own: Starlette cancels a streamed response as soon as the server has its last part.
                    visit.tracking = asyncio.ensure_future(self._tracker.track_async(visit))
                elif self._tracker.has_hooks:
                    await self._tracker.track_async(visit)
                else:
                    self._tracker.track(visit)
        if visit.tracking is not None:
            await asyncio.wait([visit.tracking])
        visit.request.pop(MARK, None)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = False

        async def watch_receive() -> Message:
            nonlocal asked
            asked = True
            return await receive()

        async def watch_send(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                await self._flush()
            await send(message)

        try:
            await self.app(scope, watch_receive, watch_send)
        except Exception:
            if asked:
                raise
        if not asked:
            # The application does not handle lifespans, as Django's does not. The server reports its end only to an application
            # that does, so the middleware answers instead.
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self._flush()
            await send({"type": "lifespan.shutdown.complete"})

    async def _flush(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._tracker.flush)


class _Visit(Visit):
    """One request and the message that announces its response."""

    def __init__(self, scope: Scope) -> None:
        self.came = time()
        self.request = scope
        self.start: Optional[Message] = None
        self.sent = self.ended = False
        self.tracking: Optional[asyncio.Future[None]] = None
        self._target = target_of_scope(scope)

    def members(self) -> str:
        start = self._start()
        return request_of_scope(self.request, self._target, start["status"], _type_of(start.get("headers", ())))

    def response(self) -> Response:
        start = self._start()
        headers = [(bytes(name).decode("latin-1"), bytes(value).decode("latin-1")) for name, value in start.get("headers", ())]
        return Response(start["status"], headers)

    def _start(self) -> Message:
        assert self.start is not None
        return self.start


def _type_of(headers: Any) -> Optional[str]:
    for name, value in headers:
        if len(name) == 12 and name.lower() == b"content-type":
            return bytes(value).decode("latin-1")
    return None
