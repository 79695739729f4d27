# SPDX-License-Identifier: Apache-2.0
"""What all middleware shares: makes the library's request of a framework's and tracks it, without ever raising into the
application.
"""

from __future__ import annotations

import functools
import logging
import os
import socket
from json.encoder import encode_basestring
from typing import Any, Callable, Dict, List, Literal, Mapping, MutableMapping, NamedTuple, Optional, Set, Tuple, Union
from urllib.parse import quote

from ._client import Client
from ._errors import Error, ValidationError
from ._json import json_text, text_json
from ._library import request_headers
from ._options import DEFAULTS

Environ = Dict[str, Any]
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
# Takes the framework's request and response; returns what the application adds to the event, in the contract's shape, None when it
# adds nothing, or False when the visit is not to be tracked.
EventHook = Callable[[Any, Any], Union[Mapping[str, Any], Literal[False], None]]

# The characters that a path may contain as they are (RFC 3986), and the percent sign of those that are encoded already.
_PATH = "/:@!$&'()*+,;=-._~"
_TARGET = _PATH + "%?#[]\"<>\\^`{|} "

_log = logging.getLogger("tpc")


class Response(NamedTuple):
    """The response of a WSGI or ASGI application, for an event hook."""

    status: int
    headers: List[Tuple[str, str]]

    @property
    def content_type(self) -> Optional[str]:
        """The Content-Type header; None without one."""
        return type_of_headers(self.headers)


def type_of_headers(headers: List[Tuple[str, str]]) -> Optional[str]:
    """The Content-Type among a response's headers; None without one."""
    for name, value in headers:
        if len(name) == 12 and name.lower() == "content-type":
            return value
    return None


class Tracker:
    """Tracks page visits with the client that is given, or with one that the first request creates from the options: in
    gunicorn's or uWSGI's worker rather than in the process that it is forked from, though both work.
    """

    def __init__(self, client: Optional[Client], event: Optional[EventHook], options: Mapping[str, Any]) -> None:
        self._client = client
        self._event = event
        self._options = options
        self._failed = False
        self._logged: Set[str] = set()

    def track(
        self,
        read: Callable[[Any], str],
        request: Any,
        status: int,
        content_type: Callable[[Any], Optional[str]],
        source: Any,
        response: Callable[[int, Any], Any],
    ) -> None:
        """Tracks the library's request, whose members `read` makes of the framework's. `content_type` returns the response's, and
        `response` the response that the event hook gets; both make it of `source`.
        """
        try:
            client = self._client or self.client()
            if client is None:
                return
            members = f'{read(request)},"status":{status:d}'
            known_type = content_type(source)
            if known_type is not None:
                members = f'{members},"contentType":{_value(known_type)}'
            if self._event is not None:
                added = self._event(request, response(status, source))
                if added is False:
                    return
                members = f'{members},"event":{_event_json(added)}'
            client._track_request(f"{{{members}}}".encode())
        except Exception as error:
            self._log_once("a page visit was not tracked", error)

    def client(self) -> Optional[Client]:
        """The client; None when it cannot be created, which is tried once and logged."""
        if self._client is None and not self._failed:
            try:
                made = Client(**self._options)
            except Exception as error:
                self._failed = True
                self._log_once("page visits are not tracked", error)
                return None
            # When two threads handle a first request at once, one client stays. No lock: a fork could leave it locked.
            if self.__dict__.setdefault("_made", made) is not made:
                made.close(0)
            self._client = self.__dict__["_made"]
        return self._client

    def flush(self) -> None:
        """Waits until what is queued is delivered, at most exit_timeout_ms; returns at once if there never was a request."""
        if self._client is not None:
            try:
                unless_given = os.environ.get("TPC_EXIT_TIMEOUT_MS") or DEFAULTS["exit_timeout_ms"]
                self._client.flush(int(self._options.get("exit_timeout_ms", unless_given)) / 1000)
            except Exception as error:
                self._log_once("queued page visits may not be delivered", error)

    def _log_once(self, what: str, error: Exception) -> None:
        """Logs each kind of failure once, since it would come with every request. The text of an application's exception may
        contain visitors' data, so only its type and its location are logged.
        """
        if isinstance(error, Error):
            kind, text = error.code, str(error)
        else:
            last = error.__traceback__
            while last and last.tb_next:
                last = last.tb_next
            where = f"{last.tb_frame.f_code.co_filename}, line {last.tb_lineno}" if last else "an unknown location"
            kind = text = f"{type(error).__name__} in {where}"
        if kind not in self._logged:
            self._logged.add(kind)
            _log.warning("%s: %s; further failures of this kind are not logged", what, text)


def _event_json(event: Optional[Mapping[str, Any]]) -> str:
    try:
        return json_text(event)
    except ValidationError as error:
        raise ValidationError(f"/event{error.field}", error.message) from None


@functools.lru_cache(maxsize=None)
def _environ_headers() -> List[Tuple[str, str]]:
    """The names of the headers that the library reads: as a WSGI environ has them, and as JSON has them before a value."""
    return [(f"HTTP_{name.upper().replace('-', '_')}", f'"{name}":') for name in request_headers()]


@functools.lru_cache(maxsize=None)
def _scope_headers() -> Dict[bytes, str]:
    """The names of the headers that the library reads, as an ASGI scope has them, and for each the library's."""
    return {name.encode(): name for name in request_headers()}


def request_of_environ(environ: Environ) -> str:
    """The members of the library's request, as JSON, from a WSGI environ."""
    # The target as the client sent it: gunicorn and Werkzeug call it RAW_URI, uWSGI and mod_wsgi REQUEST_URI.
    target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not target:
        path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), _PATH)
        query = environ.get("QUERY_STRING")
        target = f"{path or '/'}?{query}" if query else path or "/"
    address = environ.get("REMOTE_ADDR")
    # Werkzeug's ProxyFix keeps what it replaces.
    original = environ.get("werkzeug.proxy_fix.orig")
    client = f',"clientAddress":{_value(address)}' if original and address else ""
    peer = (original.get("REMOTE_ADDR") if original else address) or _unix_socket(environ)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    headers = ",".join([name + _wsgi_value(environ[key]) for key, name in _environ_headers() if key in environ])
    return (
        f'"method":{_value(environ["REQUEST_METHOD"])},"scheme":{_value(environ.get("wsgi.url_scheme"))},"host":{_wsgi_value(host)},'
        f'"target":{_value(_ascii(target))},"remoteAddress":{_value(peer)}{client},"headers":{{{headers}}}'
    )


def _unix_socket(environ: Environ) -> Optional[str]:
    """The library's word for the peer of a Unix socket; None when the server does not say that this is one. gunicorn passes the
    socket on, and CherryPy's server has no port for one. A missing address alone may be a client's that is gone.
    """
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        return "unix:" if getattr(connection, "family", None) == getattr(socket, "AF_UNIX", None) else None
    return "unix:" if environ.get("REMOTE_ADDR") == "" and environ.get("SERVER_PORT") == "" else None


def request_of_scope(scope: Scope) -> str:
    """The members of the library's request, as JSON, from an ASGI scope of type http."""
    known_headers = _scope_headers()
    headers: Dict[str, str] = {}
    host = None
    for name, value in scope["headers"]:
        known = known_headers.get(name)
        if known is not None:
            text = _decoded(value)
            headers[known] = f"{headers[known]}, {text}" if known in headers else text
        elif name == b"host":
            host = _decoded(value)
    server = scope.get("server")
    if not host and server:
        host = f"{server[0]}:{server[1]}" if server[1] else server[0]
    raw_path = scope.get("raw_path")
    target = raw_path.decode("latin-1") if raw_path else quote(scope["path"], _PATH)
    query = scope.get("query_string", b"")
    if isinstance(query, bytes):  # Django's test client passes a str
        query = query.decode("latin-1")
    target = _ascii(f"{target}?{query}" if query else target)
    lines = ",".join([f'"{name}":{_value(text)}' for name, text in headers.items()])
    return (
        f'"method":{_value(scope["method"])},"scheme":{_value(scope.get("scheme", "http"))},"host":{_value(host)},'
        f'"target":{_value(target)},{_address(scope.get("client"), server)},"headers":{{{lines}}}'
    )


def _value(text: Optional[str]) -> str:
    """A text as JSON; null for none."""
    if text is None:
        return "null"
    return encode_basestring(text) if text.isascii() else text_json(text)


def _wsgi_value(text: str) -> str:
    """A WSGI string as JSON."""
    return encode_basestring(text) if text.isascii() else text_json(_text(text))


def _address(client: Any, server: Any) -> str:
    """The connection's peer, or the address that the server itself found. A server on a Unix socket has a path and no port; a
    client that is missing otherwise is gone. uvicorn's --proxy-headers puts the address that it read from X-Forwarded-For in the
    peer's place, with the port 0.
    """
    if client and client[1] == 0:
        return f'"remoteAddress":null,"clientAddress":{_value(client[0])}'
    if client:
        return f'"remoteAddress":{_value(client[0])}'
    return f'"remoteAddress":{_value("unix:" if server and server[1] is None else None)}'


def _decoded(value: bytes) -> str:
    """A header's text: UTF-8 where it is valid, otherwise Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _text(value: str) -> str:
    """The same for a WSGI string, in which each character is a byte."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _ascii(target: str) -> str:
    """A request target, whose bytes come as Latin-1, with every byte beyond ASCII percent-encoded."""
    return target if target.isascii() else quote(target.encode("latin-1"), _TARGET)
