# SPDX-License-Identifier: Apache-2.0
"""Passes options to the library. Their names, defaults and ranges are the library's: none is listed here."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping

from . import _capture
from . import _declarations as c
from ._errors import Error, OptionError, failure
from ._library import load
from ._version import __version__

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client_options import ClientOptions

# What this package says about itself, and the two defaults that differ from the library's. The environment and the caller
# override these.
DEFAULTS: Dict[str, Any] = {
    "sdk_name": "tpc-events",
    "sdk_version": __version__,
    "sdk_runtime": f"python/{sys.version_info.major}.{sys.version_info.minor}",
    "exit_timeout_ms": 2000,
    "log_descriptor": -1,  # the lines come to Python's logging instead
}


@contextlib.contextmanager
def options_handle(library: ctypes.PyDLL, given: Mapping[str, Any]) -> Iterator[int]:
    """A tpc_options with this package's defaults, overridden by the environment, overridden by what is given. Raises
    OptionError.
    """
    handle = library.tpc_options_new()
    if not handle:
        raise failure.error(c.TPC_ERROR_NO_MEMORY)
    try:
        _set(library, handle, DEFAULTS)
        status = library.tpc_options_load_environment(handle, failure.reference)
        if status != c.TPC_OK:
            raise failure.error(status)
        _set(library, handle, given)
        yield handle
    finally:
        library.tpc_options_free(handle)


def validate_options(**options: Unpack[ClientOptions]) -> None:
    """Checks what creating a client with these options and the environment would check, without creating one: for a
    server's test of its configuration. Raises OptionError or LibraryNotFound.
    """
    library = load()
    # While a test captures visits, a client needs no key.
    more = {} if _capture.current is None else {"dry_run": True}
    with options_handle(library, {**options, **more}) as handle:
        status = library.tpc_options_validate(handle, failure.reference)
    if status != c.TPC_OK:
        raise failure.error(status)


def exit_timeout_ms(given: Mapping[str, Any]) -> int:
    """The exit_timeout_ms of a client that was created with these options, so that the library has checked it."""
    value = given.get("exit_timeout_ms")
    return int(os.environ.get("TPC_EXIT_TIMEOUT_MS") or DEFAULTS["exit_timeout_ms"] if value is None else value)


def _set(library: ctypes.PyDLL, handle: int, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is None:
            continue
        name_bytes = name.encode("utf-8", "replace")
        value_bytes = _option_bytes(name, value)
        status = library.tpc_options_set(
            handle, name_bytes, len(name_bytes), value_bytes, len(value_bytes), failure.reference
        )
        if status != c.TPC_OK:
            raise _named(failure.error(status), name)


def _named(error: Error, name: str) -> Error:
    """The error with the option's name, which the library leaves out when it is not written as options are: apiKey."""
    if error.field or not name.isidentifier() or len(name) > 60:
        return error
    return type(error)(name, error.message, error.code)


def _option_bytes(name: str, value: Any) -> bytes:
    try:
        return _option_text(name, value).encode("utf-8", "surrogateescape")
    except OptionError:
        raise
    except UnicodeEncodeError:
        raise OptionError(name, "found a lone surrogate; expected text that UTF-8 can carry") from None
    except RecursionError:
        raise OptionError(name, "found lists that are nested too deeply; expected a list of texts") from None
    except Exception as error:  # an integer of more digits than Python prints, or a path whose own code raises
        raise OptionError(name, f"found a value that raised {type(error).__name__} when it was read") from None


def _option_text(name: str, value: Any) -> str:
    """The text of an option's value: true for True, a list's items with commas between them, a path's text."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if isinstance(value, (list, tuple)):
        return ",".join([_option_text(name, item) for item in value])
    raise OptionError(name, f"found {type(value).__name__}; expected text, a number, a boolean, a path or a list of these")
