# SPDX-License-Identifier: Apache-2.0
"""Writes Python's values as JSON. The library judges the result; what JSON cannot express is refused here, with its pointer."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from json.encoder import encode_basestring
from typing import Any

from ._errors import ValidationError


# Characters that a terminal or a log viewer would act on: control characters, line separators, marks that change the
# direction of text; and lone surrogates, which cannot be printed. The library shows them in the same way.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def json_bytes(value: Any) -> bytes:
    """The JSON, as UTF-8, of a str, number, bool, None, UUID or datetime, or of mappings and sequences of these.

    Raises ValidationError, and nothing else, with the JSON pointer of a value that JSON cannot express.
    """
    try:
        return json_text(value).encode()
    except ValidationError:
        raise
    except Exception as error:
        raise unreadable(error) from None


def unreadable(error: Exception) -> ValidationError:
    """For a value whose own code raised: a mapping of the application's, say. Its text may contain visitors' data."""
    if isinstance(error, RecursionError):
        return ValidationError("", "found nesting that is deeper than Python goes")
    return ValidationError("", f"found a value that raised {type(error).__name__} when it was read; expected plain data")


def json_text(value: Any) -> str:
    """The JSON of a value, as a str."""
    kind = type(value)
    if kind is str:
        return text_json(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return _integer_text(value)
    if kind is dict or isinstance(value, Mapping):
        return f"{{{','.join([_member_text(name, member) for name, member in value.items()])}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join([_item_text(str(index), item) for index, item in enumerate(value)])}]"
    return _scalar_text(value)


def _member_text(name: Any, value: Any) -> str:
    if not isinstance(name, str):
        raise ValidationError("", f"found a member's name of type {type(name).__name__}; expected text")
    return f"{text_json(name)}:{_item_text(name, value)}"


def _item_text(name: str, value: Any) -> str:
    try:
        return json_text(value)
    except ValidationError as error:
        # RFC 6901 writes ~ and / in a name as ~0 and ~1.
        name = str.__str__(name).replace("~", "~0").replace("/", "~1")
        token = _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04X}", name)
        raise ValidationError(f"/{token}{error.field}", error.message) from None


def _scalar_text(value: Any) -> str:
    """The JSON of the less common types, and of subclasses, whose own string conversions are not used."""
    if isinstance(value, str):
        return text_json(value)
    if isinstance(value, int):
        return _integer_text(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValidationError("", "found a number that is not finite; expected one that JSON has")
        return float.__repr__(value)
    if isinstance(value, uuid.UUID):
        return f'"{value}"'
    if isinstance(value, datetime):
        return f'"{_date_time_text(value)}"'
    raise ValidationError("", f"found {type(value).__name__}; expected what JSON can carry, a datetime or a UUID")


def text_json(value: str) -> str:
    """The JSON of a string."""
    if not str.isascii(value):
        try:
            str.encode(value)
        except UnicodeEncodeError:
            raise ValidationError("", "found a lone surrogate; expected text that UTF-8 can carry") from None
    return encode_basestring(value)


def _integer_text(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:
        # sys.set_int_max_str_digits limits what Python prints.
        raise ValidationError("", "found an integer of more digits than Python prints") from None


def _date_time_text(value: datetime) -> str:
    """RFC 3339 in UTC, with milliseconds, or with microseconds when there are any."""
    try:
        if value.utcoffset() is None:
            raise ValidationError("", "found a datetime without a time zone; expected one with tzinfo")
        universal = value.astimezone(timezone.utc)
        precision = "microseconds" if universal.microsecond % 1000 else "milliseconds"
        return f"{universal.replace(tzinfo=None).isoformat(timespec=precision)}Z"
    except ValidationError:
        raise
    except OverflowError:
        raise ValidationError("", "found a datetime outside of the years 1 to 9999 in UTC") from None
    except Exception:  # pandas.NaT is a datetime that raises
        raise ValidationError("", f"found {type(value).__name__}, whose time cannot be read; expected a datetime") from None
