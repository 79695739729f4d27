# SPDX-License-Identifier: Apache-2.0
"""What all middleware shares: from a framework's request to the library's, without ever raising into the application."""

from __future__ import annotations

import logging
import os
from typing import Any, Callable, Dict, List, Mapping, MutableMapping, NamedTuple, Optional, Set, Tuple
from urllib.parse import quote

from ._client import Client
from ._errors import Error
from ._options import DEFAULTS

Environ = Dict[str, Any]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
# Takes the framework's request and response; returns what the application adds to the event, in the contract's shape.
EventHook = Callable[[Any, Any], Optional[Mapping[str, Any]]]

# The headers that the library's rules look at; no other leaves the request.
HEADERS = (
    "user-agent",
    "referer",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "purpose",
    "sec-purpose",
    "x-purpose",
    "x-moz",
    "sec-fetch-dest",
)
_ENVIRON_HEADERS = [(f"HTTP_{name.upper().replace('-', '_')}", name) for name in HEADERS]
_SCOPE_HEADERS = {name.encode(): name for name in HEADERS}
# What may stand in a path as it is (RFC 3986), and the percent sign of what is encoded already.
_PATH = "/:@!$&'()*+,;=-._~"
_TARGET = _PATH + "%?#[]\"<>\\^`{|} "

_log = logging.getLogger("tpc")


class Response(NamedTuple):
    """What a WSGI or ASGI application answered, for an event hook."""

    status: int
    headers: List[Tuple[str, str]]


class Adapter:
    """Tracks requests with a client that is given, or made of the options by the first request: in gunicorn's or uWSGI's
    worker rather than in the process that it is forked from, though both work.
    """

    def __init__(self, client: Optional[Client], event: Optional[EventHook], options: Mapping[str, Any]) -> None:
        self._client = client
        self._event = event
        self._options = options
        self._failed = False
        self._logged: Set[str] = set()

    def track(self, read: Callable[[Any], Dict[str, Any]], request: Any, status: int, response: Any) -> None:
        """Tracks what `read` makes of the framework's request, which the event hook gets, too, beside the response."""
        try:
            client = self.client()
            if client is None:
                return
            fields = read(request)
            fields["status"] = status
            if self._event is not None:
                fields["event"] = self._event(request, response)
            client.track_request(fields)
        except Exception as error:
            self._log_once(error)

    def client(self) -> Optional[Client]:
        """The client; None when it cannot be made, which is tried once and logged."""
        if self._client is None and not self._failed:
            try:
                made = Client(**self._options)
            except Exception as error:
                self._failed = True
                self._log_once(error)
                return None
            # Of two threads with a first request each, one client stays; without a lock, which a fork could leave taken.
            if self.__dict__.setdefault("_made", made) is not made:
                made.close(0)
            self._client = self.__dict__["_made"]
        return self._client

    def flush(self) -> None:
        """Waits for what is queued, if there ever was a request, for exit_timeout_ms at the most."""
        if self._client is not None:
            try:
                of_environment = os.environ.get("TPC_EXIT_TIMEOUT_MS") or DEFAULTS["exit_timeout_ms"]
                self._client.flush(int(self._options.get("exit_timeout_ms", of_environment)) / 1000)
            except Exception as error:
                self._log_once(error)

    def _log_once(self, error: Exception) -> None:
        """Logs each kind of failure once: it would come with every request. An application's own words may hold visitors' data,
        so of its exceptions the type and the place are told.
        """
        if isinstance(error, Error):
            kind, text = error.code, str(error)
        else:
            place = error.__traceback__
            while place and place.tb_next:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}, line {place.tb_lineno}" if place else "an unknown place"
            kind = text = f"{type(error).__name__} in {where}"
        if kind not in self._logged:
            self._logged.add(kind)
            _log.warning("a page visit was not tracked: %s; this is logged once", text)


def request_of_environ(environ: Environ) -> Dict[str, Any]:
    """The library's request from a WSGI environ."""
    # gunicorn and Werkzeug have the one, uWSGI and mod_wsgi the other: the target as the client sent it.
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not target:
        path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), _PATH)
        query = environ.get("QUERY_STRING")
        target = f"{path or '/'}?{query}" if query else path or "/"
    return {
        "method": environ["REQUEST_METHOD"],
        "scheme": environ.get("wsgi.url_scheme"),
        "host": environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}",
        "target": _ascii(target),
        "remoteAddress": environ.get("REMOTE_ADDR") or None,
        "headers": {name: environ[key] for key, name in _ENVIRON_HEADERS if key in environ},
    }


def request_of_scope(scope: Scope) -> Dict[str, Any]:
    """The library's request from an ASGI scope of type http."""
    headers: Dict[str, str] = {}
    host = None
    for name, value in scope["headers"]:
        if name in _SCOPE_HEADERS:
            known = _SCOPE_HEADERS[name]
            text = value.decode("latin-1")
            headers[known] = f"{headers[known]}, {text}" if known in headers else text
        elif name == b"host":
            host = value.decode("latin-1")
    if not host and scope.get("server"):
        server, port = scope["server"]
        host = f"{server}:{port}" if port else server
    raw_path = scope.get("raw_path")
    target = raw_path.decode("latin-1") if raw_path else quote(scope["path"], _PATH)
    query = scope.get("query_string", b"")
    if isinstance(query, bytes):  # Django's test client has text
        query = query.decode("latin-1")
    client = scope.get("client")
    return {
        "method": scope["method"],
        "scheme": scope.get("scheme", "http"),
        "host": host,
        "target": _ascii(f"{target}?{query}" if query else target),
        "remoteAddress": client[0] if client else None,
        "headers": headers,
    }


def _ascii(target: str) -> str:
    """A request target's bytes, which come as Latin-1, with those beyond ASCII percent-encoded."""
    return target if target.isascii() else quote(target.encode("latin-1"), _TARGET)
