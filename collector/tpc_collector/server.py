"""Puts the collector together and runs it."""

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
    # The protocol is named because asyncio turns Nagle's algorithm off only then: with it each answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port that a collector used a moment ago is free again; one that somebody listens on stays taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def run(app, listener):
    """Serves until SIGINT or SIGTERM, then ends what is under way and returns."""
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

    # uvicorn has its own handlers while it serves, puts these back afterwards, and raises the signal again, which
    # would then end the process by the signal instead of with exit code 0.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listener])
