# SPDX-License-Identifier: Apache-2.0
"""Takes libtpc's place on systems that it is not made for, such as a developer's Mac: accepts everything and tracks nothing."""

from __future__ import annotations

import ctypes
import itertools
import platform
import sys
from typing import Any, Callable, Set

from . import _declarations as c


def is_elsewhere() -> bool:
    """Whether this system is not one that libtpc is made for: Linux with glibc."""
    return sys.platform != "linux" or platform.libc_ver()[0] != "glibc"


class Elsewhere:
    """The library's functions as far as this package calls them: none fails but those of a closed client, none does anything."""

    def __init__(self) -> None:
        self._tokens = itertools.count(1)
        self._shared = 0
        self._open: Set[int] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in c.FUNCTIONS:
            raise AttributeError(name)
        return _succeed if c.FUNCTIONS[name][0] is ctypes.c_int32 else _find_nothing

    def __getitem__(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self, name)
        return function

    def tpc_options_new(self) -> int:
        return 1

    def tpc_client_new(self, options: Any, token: Any, error: Any) -> int:
        token._obj.value = next(self._tokens)
        self._open.add(token._obj.value)
        return c.TPC_OK

    def tpc_client_shared(self, options: Any, token: Any, error: Any) -> int:
        if self._shared not in self._open:
            self.tpc_client_new(options, token, error)
            self._shared = token._obj.value
        token._obj.value = self._shared
        return c.TPC_OK

    def tpc_client_close(self, token: Any, *arguments: Any) -> int:
        self._open.discard(token.value)
        return c.TPC_OK

    def tpc_client_release(self, token: Any) -> int:
        return self.tpc_client_close(token)

    def tpc_client_track_json(self, token: Any, *arguments: Any) -> int:
        if token.value in self._open:
            return c.TPC_OK
        record = arguments[-1]._obj
        record.field, record.message = b"", b"the client is closed"
        return c.TPC_ERROR_CLOSED

    def tpc_client_track_request(self, token: Any, *arguments: Any) -> int:
        return self.tpc_client_track_json(token, *arguments)

    def tpc_client_flush(self, token: Any, milliseconds: int, *arguments: Any) -> int:
        if milliseconds < 0:
            return c.TPC_ERROR_INVALID_ARGUMENT
        return self._if_open(token)

    def tpc_client_stats(self, token: Any, *arguments: Any) -> int:
        return self._if_open(token)

    def tpc_client_poll(self, token: Any, *arguments: Any) -> int:
        return self._if_open(token)

    def tpc_client_report_descriptor(self, token: Any) -> int:
        return -1

    def _if_open(self, token: Any) -> int:
        return c.TPC_OK if token.value in self._open else c.TPC_ERROR_CLOSED


def _succeed(*arguments: Any) -> int:
    return c.TPC_OK


def _find_nothing(*arguments: Any) -> None:
    return None
