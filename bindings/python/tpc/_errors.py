# SPDX-License-Identifier: Apache-2.0
"""The exceptions of this package. No message contains a value that was passed in."""

from __future__ import annotations

import ctypes
import threading
from typing import Dict, Type

from . import _declarations as c


class Error(Exception):
    """Everything that this package raises.

    `code` is the library's name for the failure, such as "TPC_ERROR_QUEUE_FULL". `field` is an option's name or a JSON pointer
    into the event, such as "/page/href", and may be empty. `message` says what was found and what is accepted.
    """

    code = "TPC_ERROR_UNKNOWN"

    def __init__(self, field: str, message: str, code: str = "") -> None:
        super().__init__(field, message, code or self.code)
        self.field = field
        self.message = message
        self.code = code or self.code

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class LibraryNotFound(Error, ImportError):
    """libtpc, or a library that it needs, is missing; the message lists every location that was tried and why it failed."""

    code = "TPC_ERROR_SYSTEM"


class InvalidArgument(Error, ValueError):
    """A negative time, or an invalid web request; `field` is then a JSON pointer into the request."""

    code = "TPC_ERROR_INVALID_ARGUMENT"


class OptionError(Error, ValueError):
    """An unknown option, or a value that the option does not accept; `field` is its name, or its environment variable's."""

    code = "TPC_ERROR_INVALID_OPTION"


class ValidationError(Error, ValueError):
    """The contract refuses the event, or a value cannot be written as JSON; `field` is a JSON pointer into the event."""

    code = "TPC_ERROR_INVALID_EVENT"


class TooLarge(Error, ValueError):
    """A limit is exceeded; the message names it."""

    code = "TPC_ERROR_TOO_LARGE"


class QueueFull(Error):
    """queue_max_events or queue_max_bytes is reached: the event was not queued."""

    code = "TPC_ERROR_QUEUE_FULL"


class Closed(Error):
    """The client is closed or being closed."""

    code = "TPC_ERROR_CLOSED"


_CLASSES: Dict[int, Type[Error]] = {
    c.TPC_ERROR_INVALID_ARGUMENT: InvalidArgument,
    c.TPC_ERROR_INVALID_OPTION: OptionError,
    c.TPC_ERROR_INVALID_EVENT: ValidationError,
    c.TPC_ERROR_INVALID_JSON: ValidationError,
    c.TPC_ERROR_TOO_LARGE: TooLarge,
    c.TPC_ERROR_QUEUE_FULL: QueueFull,
    c.TPC_ERROR_CLOSED: Closed,
}
_NAMES = {value: name for name, value in vars(c).items() if name.startswith("TPC_ERROR_")}
# For the calls that take no tpc_error.
_MESSAGES = {
    c.TPC_ERROR_INVALID_ARGUMENT: "found a negative time; expected seconds from 0",
    c.TPC_ERROR_CLOSED: "the client is closed",
}


class Failure(threading.local):
    """The memory in which the library describes a failure, one for each thread."""

    def __init__(self) -> None:
        self.record = c.tpc_error()
        # Created once: it costs as much as a call does.
        self.reference = ctypes.byref(self.record)

    def error(self, status: int) -> Error:
        """The exception for the call that has just failed."""
        kind = _CLASSES.get(status, Error)
        field, message = (text.decode("utf-8", "replace") for text in (self.record.field, self.record.message))
        return kind(field, message, _NAMES.get(status, Error.code))


failure = Failure()


def error_of(status: int) -> Error:
    """The exception for a call that takes no tpc_error."""
    return _CLASSES.get(status, Error)("", _MESSAGES.get(status, "the call failed"), _NAMES.get(status, Error.code))
