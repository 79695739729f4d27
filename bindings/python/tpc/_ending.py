# SPDX-License-Identifier: Apache-2.0
"""The ends of a process at which the library itself cannot deliver: a child of multiprocessing, which leaves by os._exit, and
SIGTERM. The library delivers at every normal exit.
"""

from __future__ import annotations

import atexit
import collections
import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Deque, Dict, Mapping

from ._options import DEFAULTS

if TYPE_CHECKING:
    from ._client import Client

# The clients that are open, with the seconds that the process's exit may wait for each. A dict, since one thread may add to it
# while another, at the end, looks through it.
_clients: Dict["weakref.ref[Client]", float] = {}
# In a child of multiprocessing, the last clients stay until its end: nobody can wait for one that is collected.
_kept: "Deque[Client]" = collections.deque(maxlen=8)
_is_registered = False
_is_child = False


def opened(client: Client, options: Mapping[str, Any]) -> None:
    """Remembers a client until it is collected."""
    given = options.get("exit_timeout_ms")
    if given is None:
        given = os.environ.get("TPC_EXIT_TIMEOUT_MS") or DEFAULTS["exit_timeout_ms"]
    # The library has checked it.
    _clients[weakref.ref(client, _forget)] = int(given) / 1000
    if _is_child:
        _kept.append(client)


def deliver() -> None:
    """Waits until what is queued in every client is delivered, for each client at most its exit_timeout_ms."""
    start = time.monotonic()
    for reference, seconds in list(_clients.items()):
        client = reference()
        if client is not None:
            left = max(0, int((start + seconds - time.monotonic()) * 1000))
            # Not Client.flush, which lets gevent's other greenlets go on: this may be a signal handler. A closed client has nothing
            # left to deliver.
            client._library.tpc_client_flush(client._token, left, ctypes.byref(ctypes.c_size_t()))


def deliver_on_sigterm() -> bool:
    """Lets SIGTERM wait until what is queued is delivered, for at most exit_timeout_ms; then the signal ends the process as it
    would have without this call. For programs and servers that do not handle SIGTERM, such as waitress.

    Returns whether it did so: a handler that somebody else has set stays, and only the main thread can set one.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return False
    signal.signal(signal.SIGTERM, _deliver_and_end)
    return True


def _forget(reference: "weakref.ref[Client]") -> None:
    _clients.pop(reference, None)


def _deliver_and_end(number: int, frame: object) -> None:
    # systemd sends the signal to every process, and a server may pass on its own: the second one must not cut this short.
    signal.signal(number, signal.SIG_IGN)
    deliver()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _ignore_a_second_sigterm() -> None:
    """Python takes its signal handlers away before the library delivers. A server that handles SIGTERM, such as gunicorn's worker
    on its way out, would then be ended by a second one.
    """
    with contextlib.suppress(ValueError):  # raised in a subinterpreter
        if _clients and callable(signal.getsignal(signal.SIGTERM)):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _deliver_at_the_end_of_a_child(_: object = None) -> None:
    """Called in a child of multiprocessing. What it started itself is ended before."""
    global _is_child
    _is_child = True
    sys.modules["multiprocessing.util"].Finalize(None, deliver, exitpriority=-100)


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
os.register_at_fork(after_in_child=_watch_multiprocessing)
_watch_multiprocessing()
