"""Assembles the collector and runs it."""

import signal
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from .connection import ReachableProtocol
from .control import Control
from .faults import Faults
from .ingest import Ingest
from .state import State


def application(credentials, keep, console):
    """The ASGI application: the control endpoints, and the ingest server at every other path."""
    state, faults = State(keep), Faults()
    ingest = Ingest(state, faults, credentials, console)
    return Starlette(routes=[*Control(state, faults).routes(), Mount("/", app=ingest)])


def listen(host, port):
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm only if the protocol is named; with it, each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Allows a port that a collector used a moment ago, but not one that another program listens on.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def run(app, listener):
    """Serves until SIGINT or SIGTERM, then finishes the requests in progress and returns."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=ReachableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
    )

    def stop(signal_number, frame):
        server.should_exit = True

    # uvicorn installs its own handlers while it serves, restores the previous ones afterwards and raises the signal again.
    # Without these handlers, that would end the process by the signal instead of with exit code 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listener])
