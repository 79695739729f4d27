# SPDX-License-Identifier: Apache-2.0
"""Middleware for every ASGI application (FastAPI and Starlette: app.add_middleware(tpc.asgi.Middleware)):

    application = tpc.asgi.Middleware(application)
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Awaitable, Callable, Optional

from ._client import Client
from ._tracker import EventHook, Message, Response, Scope, Tracker, request_of_scope

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Middleware:
    """Tracks page visits once the application has answered; never raises into it and never makes it wait.

    Without a client, the first request creates one from the options and the environment. `event` is called with the scope and
    a Response, and returns what to add to the event in the contract's shape, None, or False to leave the visit out. What is queued is delivered before the
    server shuts down, for at most exit_timeout_ms: uvicorn ends its processes by a signal, which the library cannot notice.
    """

    def __init__(
        self, app: Application, client: Optional[Client] = None, *, event: Optional[EventHook] = None, **options: Unpack[ClientOptions]
    ) -> None:
        self.app = app
        self._tracker = Tracker(client, event, options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Optional[Message] = None

        def end() -> None:
            nonlocal start
            if start is not None:
                message, start = start, None
                headers = message.get("headers", ())
                self._tracker.track(request_of_scope, scope, message["status"], _type_of, headers, _response)

        async def watch(message: Message) -> None:
            nonlocal start
            await send(message)
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                end()

        try:
            await self.app(scope, receive, watch)
        finally:
            end()

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


def _type_of(headers: Any) -> Optional[str]:
    for name, value in headers:
        if len(name) == 12 and name.lower() == b"content-type":
            return bytes(value).decode("latin-1")
    return None


def _response(status: int, headers: Any) -> Response:
    return Response(status, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
