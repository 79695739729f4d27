# SPDX-License-Identifier: Apache-2.0
"""Middleware for every WSGI application:

    application = tpc.wsgi.Middleware(application)
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Optional

from ._client import Client
from ._requests import MARK, Environ, inside_asgi, request_of_environ, target_of_environ
from ._tracker import BeforeSend, EventHook, Response, Tracker, Visit, type_of_headers

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Where Flask's extension keeps Flask's request, until the visit has ended.
KEPT = "tpc.request"


class Middleware:
    """Tracks page visits once the application has answered; never raises into it and never makes it wait.

    Without a client, the first request takes the process's shared one for the options and the environment. `event` is called with
    the environ and a Response, and returns what to add to the event in the contract's shape, None, or False to leave the visit out.
    `before_send` is called with the whole event, a dict, and returns the event to send, or None to send none. Raises OptionError for
    a wrong option, and TypeError for a hook that is a coroutine function.
    """

    def __init__(
        self,
        app: Application,
        client: Optional[Client] = None,
        *,
        event: Optional[EventHook] = None,
        before_send: Optional[BeforeSend] = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        self.app = app
        self._tracker = Tracker(client, event, before_send, options)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if MARK in environ or inside_asgi.get():
            return self.app(environ, start_response)
        environ[MARK] = True
        visit = _Visit(self._tracker, environ, start_response)
        try:
            body = self.app(environ, visit.start_response)
        except BaseException:
            visit.end()  # write() may have sent something
            raise
        # A server looks inside these (at their length, or for a file that the system can send), so it gets them as they are.
        if hasattr(body, "__len__") or _is_file(body, environ):
            visit.sent = True
            visit.end()
            return body
        return _Body(body, visit)


class _Visit(Visit):
    """One request and its response. `sent` says whether the server has sent the status: PEP 3333 has it wait for the first bytes."""

    def __init__(self, tracker: Tracker, environ: Environ, start_response: StartResponse) -> None:
        self.came = time()
        self.request = environ
        self.sent = False
        self._target = target_of_environ(environ)
        self._tracker = tracker
        self._start_response = start_response
        self._write: Callable[[bytes], Any]
        self._status: Optional[str] = None
        self._headers: Any = ()

    def start_response(self, status: str, headers: Any, *exc_info: Any) -> Any:
        self._write = self._start_response(status, headers, *exc_info)
        self._status, self._headers = status, headers
        return self.write

    def write(self, data: bytes) -> Any:
        result = self._write(data)
        self.sent = True
        return result

    def end(self) -> None:
        """Tracks the visit, if anything was sent; once."""
        environ, status, self._status = self.request, self._status, None
        if self.sent and status is not None:
            self._sent_status = status
            self._tracker.track(self)
        environ.pop(MARK, None)
        environ.pop(KEPT, None)

    def members(self) -> str:
        return request_of_environ(self.request, self._target, int(self._sent_status[:3]), type_of_headers(self._headers))

    def response(self) -> Response:
        return Response(int(self._sent_status[:3]), self._headers)


class _Body:
    """The application's body, as it is; notes whether anything of it was sent, and reports when it ends."""

    def __init__(self, body: Iterable[bytes], visit: _Visit) -> None:
        self._body = body
        self._visit = visit
        self._began = False

    def __iter__(self) -> Iterator[bytes]:
        self._began = True
        visit, parts = self._visit, iter(self._body)
        for part in parts:
            if part:
                visit.sent = True
                yield part
                break
            yield part
        # Not `yield from`: it would close the application's iterator before the server does.
        for part in parts:
            yield part
        visit.sent = True

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            # A server need not ask for the body of a HEAD request.
            if not self._began and self._visit.request.get("REQUEST_METHOD") == "HEAD":
                self._visit.sent = True
            self._visit.end()


def _is_file(body: Any, environ: Environ) -> bool:
    wrapper = environ.get("wsgi.file_wrapper")
    # uWSGI's wrapper is a function that returns the file itself.
    return wrapper is not None and (hasattr(body, "read") or isinstance(wrapper, type) and isinstance(body, wrapper))
