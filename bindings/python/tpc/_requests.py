# SPDX-License-Identifier: Apache-2.0
"""Makes the library's request of a WSGI environ or an ASGI scope."""

from __future__ import annotations

import functools
import socket
from contextvars import ContextVar
from json.encoder import encode_basestring as quoted
from typing import Any, Callable, Dict, Mapping, MutableMapping, Optional, Tuple, Union
from urllib.parse import quote

from ._json import text_json
from ._library import request_headers

Environ = Dict[str, Any]
Scope = MutableMapping[str, Any]
# A target as the server passed it on, or else what it is made of: SCRIPT_NAME, PATH_INFO and QUERY_STRING.
Target = Union[str, Tuple[str, str, str]]

# The mark of a request that a middleware watches; those inside of it do nothing.
MARK = "tpc.tracked"
# The same mark for a WSGI application inside of an ASGI one, whose environ is a new one.
inside_asgi: ContextVar[bool] = ContextVar("tpc.inside_asgi", default=False)

# The characters that a path may contain as they are (RFC 3986), and the percent sign of those that are encoded already.
PATH = "/:@!$&'()*+,;=-._~"
_TARGET = PATH + "%?#[]\"<>\\^`{|} "


@functools.lru_cache(maxsize=None)
def _environ_headers() -> Dict[str, str]:
    """The names of the headers that the library reads, as a WSGI environ has them, and for each the library's."""
    return {f"HTTP_{name.upper().replace('-', '_')}": name for name in request_headers()}


@functools.lru_cache(maxsize=None)
def _scope_headers() -> Dict[bytes, str]:
    """The names of the headers that the library reads, as an ASGI scope has them, and for each the library's."""
    return {name.encode(): name for name in request_headers()}


def target_of_environ(environ: Environ) -> Target:
    """The target as the client sent it, which gunicorn and Werkzeug call RAW_URI, uWSGI and mod_wsgi REQUEST_URI; or its parts. To
    be read when the request comes: Django replaces the parts in the environ.
    """
    return (
        environ.get("RAW_URI")
        or environ.get("REQUEST_URI")
        or (environ.get("SCRIPT_NAME", ""), environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""))
    )


def request_of_environ(environ: Environ, target: Target, status: int, content_type: Optional[str]) -> str:
    """The members of the library's request, as JSON, from a WSGI environ."""
    if not isinstance(target, str):
        path, query = quote((target[0] + target[1]).encode("latin-1"), PATH), target[2]
        target = f"{path or '/'}?{query}" if query else path or "/"
    address = environ.get("REMOTE_ADDR")
    # Werkzeug's ProxyFix keeps what it replaces.
    original = environ.get("werkzeug.proxy_fix.orig")
    client = address if original and address else None
    peer = (original.get("REMOTE_ADDR") if original else address) or _unix_socket(environ)
    host = environ.get("HTTP_HOST") or _host(environ["SERVER_NAME"], environ["SERVER_PORT"])
    known_headers = _environ_headers()
    headers = {known_headers[key]: environ[key] for key in known_headers.keys() & environ.keys()}
    method, scheme = environ["REQUEST_METHOD"], environ.get("wsgi.url_scheme")
    return request_json(method, scheme, host, target, peer, client, headers, status, content_type, _text)


def _unix_socket(environ: Environ) -> Optional[str]:
    """The library's word for the peer of a Unix socket; None when the server does not say that this is one. gunicorn passes the
    socket on, and CherryPy's server has no port for one. A missing address alone may be a client's that is gone.
    """
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        return "unix:" if getattr(connection, "family", None) == getattr(socket, "AF_UNIX", None) else None
    return "unix:" if environ.get("REMOTE_ADDR") == "" and environ.get("SERVER_PORT") == "" else None


def target_of_scope(scope: Scope) -> str:
    """The target as the client sent it. To be read when the request comes: routers change the scope. Never fails."""
    raw_path = scope.get("raw_path")
    if raw_path and isinstance(raw_path, bytes):
        # Some servers and test clients leave the query in it.
        target = raw_path.partition(b"?")[0].decode("latin-1")
    else:
        target = quote(scope.get("path", ""), PATH, errors="replace")
    query = scope.get("query_string", b"")
    if isinstance(query, bytes):  # Django's test client passes a str
        query = query.decode("latin-1")
    return f"{target}?{query}" if query else target


def request_of_scope(scope: Scope, target: str, status: int, content_type: Optional[str]) -> str:
    """The members of the library's request, as JSON, from an ASGI scope of type http."""
    known_headers = _scope_headers()
    headers: Dict[str, str] = {}
    host = None
    for name, value in scope["headers"]:
        known = known_headers.get(name)
        if known is not None:
            text = decoded(value)
            headers[known] = f"{headers[known]}, {text}" if known in headers else text
        elif name == b"host":
            host = decoded(value)
    client, server = scope.get("client"), scope.get("server")
    if not host and server:
        host = _host(server[0], server[1]) if server[1] else server[0]
    peer, found = client[0] if client else None, None
    if client and client[1] == 0:
        # uvicorn's --proxy-headers and Hypercorn's ProxyFixMiddleware put the address that they read from a proxy's header in the
        # peer's place, with the port 0.
        peer, found = None, peer
    elif not client and server and server[1] is None:
        # A server on a Unix socket has a path and no port; a client that is missing otherwise is gone.
        peer = "unix:"
    scheme = scope.get("scheme", "http")
    return request_json(scope["method"], scheme, host, target, peer, found, headers, status, content_type)


def request_json(
    method: str,
    scheme: Optional[str],
    host: Optional[str],
    target: str,
    peer: Optional[str],
    client: Optional[str],
    headers: Mapping[str, str],
    status: int,
    content_type: Optional[str],
    decode: Callable[[str], str] = str,
) -> str:
    """The members of the library's request, as JSON. `decode` makes texts of a host and headers in which each character is a byte."""
    if scheme and host and peer and content_type and not client:
        # Most requests are ASCII only, which takes no time to see.
        lines = ",".join([f'"{name}":{quoted(value)}' for name, value in headers.items()])
        text = (
            f'"method":{quoted(method)},"scheme":{quoted(scheme)},"host":{quoted(host)},"target":{quoted(target)},'
            f'"remoteAddress":{quoted(peer)},"headers":{{{lines}}},"status":{status:d},"contentType":{quoted(content_type)}'
        )
        if text.isascii():
            return text
    lines = ",".join([f'"{name}":{_json(decode(value))}' for name, value in headers.items()])
    optional = "" if client is None else f',"clientAddress":{_json(client)}'
    optional += "" if content_type is None else f',"contentType":{_json(content_type)}'
    return (
        f'"method":{_json(method)},"scheme":{_json(scheme)},"host":{_json(host and decode(host))},"target":{_json(_ascii(target))},'
        f'"remoteAddress":{_json(peer)},"headers":{{{lines}}},"status":{status:d}{optional}'
    )


def _json(text: Optional[str]) -> str:
    """A text as JSON; null for none."""
    if text is None:
        return "null"
    return quoted(text) if text.isascii() else text_json(text)


def _host(name: str, port: Any) -> str:
    """The host of a request without one: the server's. An IPv6 address has brackets in a URL."""
    return f"[{name}]:{port}" if ":" in name and not name.startswith("[") else f"{name}:{port}"


def decoded(value: bytes) -> str:
    """A header's text: UTF-8 where it is valid, otherwise Latin-1."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _text(value: str) -> str:
    """The same for a WSGI string, in which each character is a byte."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def _ascii(target: str) -> str:
    """A request target, whose bytes come as Latin-1, with every byte beyond ASCII percent-encoded."""
    return target if target.isascii() else escaped(target.encode("latin-1"))


def escaped(target: bytes) -> str:
    """The same for one that comes as bytes."""
    return quote(target, _TARGET)
