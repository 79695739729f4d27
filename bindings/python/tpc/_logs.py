# SPDX-License-Identifier: Apache-2.0
"""Brings the library's log lines to logging.getLogger("tpc"), at the calls that a program makes anyway."""

from __future__ import annotations

import atexit
import ctypes
import logging
import threading
from typing import Any

_log = logging.getLogger("tpc")
_LONGEST = 512
_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}


class Lines(threading.local):
    """The memory for a line, one for each thread, created once: it costs more than the call does."""

    def __init__(self) -> None:
        self.length = ctypes.c_size_t()
        buffer = ctypes.create_string_buffer(_LONGEST)
        self.buffer = buffer
        self.arguments = buffer, ctypes.c_size_t(_LONGEST), ctypes.byref(self.length)


_lines = Lines()


# `take(*PEEK)` is not 0 when there is a line. It needs no memory of the thread's own.
PEEK = None, ctypes.c_size_t(0), ctypes.byref(ctypes.c_size_t())


def forward(take: Any) -> None:
    """Logs the lines that are kept; `take` is the library's tpc_log_take. Never raises, whatever the application's handlers do."""
    lines = _lines
    length = lines.length
    while take(*lines.arguments) == 0 and length.value:
        try:
            level, _, text = lines.buffer.value.decode("utf-8", "replace").partition(": ")
            _log.log(_LEVELS.get(level, logging.WARNING), "%s", text)
        except Exception:  # a filter of the application's; logging itself catches what handlers raise
            pass


def forward_at_exit(take: Any) -> None:
    """Also logs what is kept when Python ends; later lines are written to descriptor 2 by the library."""
    atexit.register(forward, take)
