"""Ports for servers that cannot pick one themselves."""

import contextlib
import socket


@contextlib.contextmanager
def held_port(address="127.0.0.1"):
    """A port that nobody else is given: a socket that never listens holds it, and lets the server bind it as well."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((address, 0))
        yield holder.getsockname()[1]
