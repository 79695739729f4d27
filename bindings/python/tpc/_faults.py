# SPDX-License-Identifier: Apache-2.0
"""Warnings of the middleware: each kind once in a process, and never an exception into the application."""

from __future__ import annotations

import logging
from typing import Set

from ._errors import Error

_log = logging.getLogger("tpc")
_MOST = 100  # the kinds that are remembered: what an application adds may have any number of names
_logged: Set[str] = set()


def warn_once(what: str, error: Exception) -> None:
    """Logs each kind of failure once, since it would come with every request. The text of an application's exception may
    contain visitors' data, so only its type and its location are logged.
    """
    try:
        if isinstance(error, Error):
            kind, text = f"{what}: {error.code}", str(error)
        else:
            last = error.__traceback__
            while last and last.tb_next:
                last = last.tb_next
            where = f"{last.tb_frame.f_code.co_filename}, line {last.tb_lineno}" if last else "an unknown location"
            kind = text = f"{type(error).__name__} in {where}"
        warn_kind(kind, f"{what}: {text}; further failures of this kind are not logged")
    except Exception:
        pass


def warn_kind(kind: str, text: str) -> None:
    """Logs the first text of a kind. The application's own logging may fail; that is not the page's concern."""
    if kind not in _logged and len(_logged) < _MOST:
        _logged.add(kind)
        try:
            _log.warning("%s", text)
        except Exception:
            pass
