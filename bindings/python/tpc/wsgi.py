# SPDX-License-Identifier: Apache-2.0
"""Middleware for every WSGI application:

    application = tpc.wsgi.Middleware(application)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Optional

from ._client import Client
from ._tracker import Environ, EventHook, Response, Tracker, request_of_environ, type_of_headers

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class Middleware:
    """Tracks page visits once the application has answered; never raises into it and never makes it wait.

    Without a client, the first request creates one from the options and the environment. `event` is called with the environ
    and a Response, and returns what to add to the event in the contract's shape, None, or False to leave the visit out.
    """

    def __init__(
        self, app: Application, client: Optional[Client] = None, *, event: Optional[EventHook] = None, **options: Unpack[ClientOptions]
    ) -> None:
        self.app = app
        self._tracker = Tracker(client, event, options)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        visit = _Visit(self._tracker, environ, start_response)
        body = self.app(environ, visit.start_response)
        # A server looks inside these (at their length, or for a file that the system can send), so it gets them as they are.
        if hasattr(body, "__len__") or _is_file(body, environ):
            visit.end()
            return body
        return _Body(body, visit.end)


class _Visit:
    """One request and its response."""

    def __init__(self, tracker: Tracker, environ: Environ, start_response: StartResponse) -> None:
        self._tracker = tracker
        self._environ = environ
        self._start_response = start_response
        self._status: Optional[str] = None
        self._headers: Any = []

    def start_response(self, status: str, headers: Any, *exc_info: Any) -> Any:
        write = self._start_response(status, headers, *exc_info)
        self._status, self._headers = status, headers
        return write

    def end(self) -> None:
        if self._status is not None and self._status[:3].isdigit():
            status, self._status = int(self._status[:3]), None
            self._tracker.track(request_of_environ, self._environ, status, type_of_headers, self._headers, Response)


class _Body:
    """The application's body; reports when it ends. The server iterates over the application's own iterator."""

    def __init__(self, body: Iterable[bytes], end: Callable[[], None]) -> None:
        self._body = body
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._end()


def _is_file(body: Any, environ: Environ) -> bool:
    wrapper = environ.get("wsgi.file_wrapper")
    # uWSGI's wrapper is a function that returns the file itself.
    return wrapper is not None and (hasattr(body, "read") or isinstance(wrapper, type) and isinstance(body, wrapper))
