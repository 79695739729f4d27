# SPDX-License-Identifier: Apache-2.0
"""The ends of a process at which the library itself cannot deliver: a child of multiprocessing, which leaves by os._exit, and
SIGTERM. The library delivers at every normal exit.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import os
import signal
import sys
import threading
import time

from ._library import load
from ._logs import forward
from ._open_clients import keep_the_last, open_clients

_is_registered = False


def deliver() -> None:
    """Waits until what is queued in every client is delivered, for each client at most its exit_timeout_ms."""
    start = time.monotonic()
    for client in open_clients():
        left = max(0, int((start - time.monotonic()) * 1000) + client._exit_timeout_ms)
        # Not Client.flush, which lets gevent's other greenlets go on: this may be a signal handler. A closed client has nothing
        # left to deliver.
        client._library.tpc_client_flush(client._token, left, ctypes.byref(ctypes.c_size_t()))


def deliver_on_sigterm() -> bool:
    """Lets SIGTERM wait until what is queued is delivered, for at most exit_timeout_ms; then the signal ends the process as it
    would have without this call. For programs and servers that do not handle SIGTERM, such as waitress.

    Returns whether SIGTERM waits now: a handler that somebody else has set stays, and only the main thread of the main interpreter
    can set one.
    """
    handler = signal.getsignal(signal.SIGTERM)
    if handler is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        with contextlib.suppress(ValueError):  # raised in a subinterpreter, as mod_wsgi has them
            signal.signal(signal.SIGTERM, _deliver_and_end)
            return True
    return handler is _deliver_and_end


def _deliver_and_end(number: int, frame: object) -> None:
    # systemd sends the signal to every process, and a server may pass on its own: the second one must not cut this short.
    signal.signal(number, signal.SIG_IGN)
    try:
        deliver()
    finally:  # also when Ctrl-C ends the wait
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


def _ignore_a_second_sigterm() -> None:
    """Python takes its signal handlers away before the library delivers. A server that handles SIGTERM, such as gunicorn's worker
    on its way out, would then be ended by a second one.
    """
    with contextlib.suppress(ValueError):  # raised in a subinterpreter
        if open_clients() and callable(signal.getsignal(signal.SIGTERM)):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _deliver_at_the_end_of_a_child(_: object = None) -> None:
    """Called in a child of multiprocessing. What it started itself is ended before."""
    keep_the_last()
    sys.modules["multiprocessing.util"].Finalize(None, _deliver_and_log, exitpriority=-100)


def _deliver_and_log() -> None:
    deliver()
    if open_clients():  # so that the library is loaded
        forward(load()["tpc_log_take"])


def _watch_multiprocessing() -> None:
    """Makes children of multiprocessing deliver at their end. Does not import multiprocessing: without it there are none."""
    global _is_registered
    util = sys.modules.get("multiprocessing.util")
    if util is not None and not _is_registered:
        _is_registered = True
        # A child forgets what its parent registered for its own end; it calls these instead.
        util.register_after_fork(deliver, _deliver_at_the_end_of_a_child)
        if sys.modules["multiprocessing.process"].parent_process() is not None:
            _deliver_at_the_end_of_a_child()


atexit.register(_ignore_a_second_sigterm)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_watch_multiprocessing)
_watch_multiprocessing()
