"""Lets the application close its connection, for which ASGI has no way."""

import functools

from uvicorn.protocols.http.h11_impl import H11Protocol

# The member of an ASGI scope's `extensions` that holds the connection's transport.
EXTENSION = "tpc.transport"


async def _with_transport(app, transport, scope, receive, send):
    scope.setdefault("extensions", {})[EXTENSION] = transport
    await app(scope, receive, send)


class ReachableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 protocol, with the connection's transport in the scope of each request."""

    def connection_made(self, transport):
        super().connection_made(transport)
        self.app = functools.partial(_with_transport, self.app, transport)


async def cut(scope, receive):
    """Closes the connection once everything sent has been written, and returns when it is closed."""
    scope["extensions"][EXTENSION].close()
    while (await receive())["type"] != "http.disconnect":
        pass
