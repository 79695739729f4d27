# SPDX-License-Identifier: Apache-2.0
"""Finds libtpc and loads it: the file that TPC_LIBRARY names, then the one inside the package, then the system's."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
import pathlib
from typing import Iterator, List, Tuple, cast

from ._declarations import FUNCTIONS, WAITING
from ._elsewhere import Elsewhere, is_elsewhere
from ._errors import LibraryNotFound
from ._logs import forward_at_exit

SONAME = "libtpc.so.0"
BUNDLED = pathlib.Path(__file__).resolve().parent / SONAME
# The libraries that libtpc itself needs, and the Debian packages that have them.
NEEDED = {"libcurl.so.4": "libcurl4", "libjansson.so.4": "libjansson4"}

_log = logging.getLogger("tpc")


@functools.lru_cache(maxsize=None)
def load() -> ctypes.PyDLL:
    """The library with every function declared. The first call loads it. Raises LibraryNotFound, but not on a system that the
    library is not made for: one warning there, and a library that tracks nothing.
    """
    failures: List[str] = []
    for name, path in _candidates():
        try:
            library = _loaded(path)
        except (OSError, AttributeError) as error:
            failures.append(f"{name}: {_reason(path, error)}")
            continue
        for failure in failures:
            if failure.startswith("TPC_LIBRARY"):
                _log.warning("%s; %s is used instead", failure, name)
        forward_at_exit(library["tpc_log_take"])
        return library
    if is_elsewhere():
        _log.warning("page visits are not tracked on this system, which is not Linux with glibc: %s", "; ".join(failures))
        return cast(ctypes.PyDLL, Elsewhere())
    raise LibraryNotFound("", "; ".join(["libtpc could not be loaded", *failures]))


@functools.lru_cache(maxsize=None)
def request_headers() -> Tuple[str, ...]:
    """The request headers that the library's rules read, in lower case. Middleware passes on no others."""
    library = load()
    names: List[str] = []
    while True:
        name = library.tpc_request_header(len(names))
        if name is None:
            return tuple(names)
        names.append(name.decode())


def _candidates() -> Iterator[Tuple[str, str]]:
    """Where to look, in this order: the name of the location for an error, and the path for the loader."""
    chosen = os.environ.get("TPC_LIBRARY")
    if chosen:
        yield f"TPC_LIBRARY ({chosen})", chosen
    yield f"in the package ({BUNDLED})", str(BUNDLED)
    yield f"the system's ({SONAME})", SONAME


def _loaded(path: str) -> ctypes.PyDLL:
    library, waiting = ctypes.PyDLL(path), ctypes.CDLL(path)
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(waiting if name in WAITING else library, name)
        function.restype, function.argtypes = result, arguments
        setattr(library, name, function)
    return library


def _reason(path: str, error: Exception) -> str:
    if isinstance(error, AttributeError):
        return f"it is older than this package: {error}"
    text = str(error)
    for needed, package in NEEDED.items():
        # The loader's message starts with the library that is missing.
        if text.startswith(needed):
            return f"{text} (apt-get install {package})"
    return text if text.startswith(path) else f"{path}: {text}"
