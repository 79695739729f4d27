# SPDX-License-Identifier: Apache-2.0
"""What an application's hooks return, as values that JSON has: odd ones are converted where it is plain what is meant, and are left
out otherwise. Each that is left out is a warning; the visit is not lost for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Callable, Dict

from ._errors import ValidationError
from ._faults import warn_kind
from ._json import json_text

# Texts that are made when they are asked for: of Django, of Flask-Babel and of Babel.
_LAZY = {"Promise", "LazyString", "LazyProxy"}
_MOST_REFUSED = 20
_LEFT_OUT = object()
# The members that are text, by the pointer of what they are in.
_TEXTS = {
    "": {"eventId", "sessionId", "anonymousId"},
    "/page": {"href", "domain", "pathname", "title", "canonicalUrl"},
    "/request": {"referrer", "userAgent", "clientIp", "method"},
    "/sdk": {"name", "version", "runtime"},
}
# What the request says would take their place, and the application may have wanted to hide it: without these, nothing is sent.
_HIDING = {"/page", "/page/href", "/request"}


def sent_leniently(send: Callable[[str], None], event: Mapping[str, Any]) -> None:
    """Sends an event's JSON. If it cannot be written, or the library refuses it for a member, that member is converted or left
    out.
    """
    try:
        return send(json_text(event))
    except (ValidationError, RecursionError):
        pass
    kept = plain(event)
    for _ in range(_MOST_REFUSED):
        try:
            return send(json_text(kept))
        except ValidationError as error:
            if not _removed(kept, error):
                raise
    send(json_text(kept))


def plain(event: Mapping[str, Any]) -> Dict[str, Any]:
    """A copy of the event, without what JSON does not have."""
    kept = {}
    for name, value in event.items():
        member = _member(name, value, "")
        if member is not _LEFT_OUT:
            kept[name] = member
    return kept


def _member(name: Any, value: Any, parent: str) -> Any:
    if not isinstance(name, str):
        _warn(f"{parent}/", f"found a name of type {type(name).__name__}; expected text")
        return _LEFT_OUT
    pointer = f"{parent}/{_token(name)}"
    if isinstance(value, Mapping) and not parent:
        members = {key: _member(key, inner, pointer) for key, inner in value.items()}
        return {key: inner for key, inner in members.items() if inner is not _LEFT_OUT}
    try:
        converted = _converted(value)
        is_number = isinstance(converted, (int, float)) and not isinstance(converted, bool)
        return str(converted) if is_number and name in _TEXTS.get(parent, ()) else converted
    except Exception:
        # The value is not shown: it may be a visitor's.
        found = "a number that is not finite" if _is_infinite(value) else type(value).__name__
        message = f"found {found}; expected text, a number, a boolean, None, a date or a UUID"
        if pointer in _HIDING:
            raise ValidationError(pointer, message) from None
        _warn(pointer, message)
        if pointer == "/event":
            return "page_visit"
        return None if parent == "/request" else _LEFT_OUT


def _converted(value: Any) -> Any:
    """The value, or what it means. Raises for anything else."""
    if isinstance(value, Enum):
        value = value.value
    if _is_lazy(value):
        value = str(value)
    elif hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.isoformat() if value.utcoffset() is None else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError
    json_text(value)
    return value


def _decimal(value: Decimal) -> Any:
    if not math.isfinite(float(value)):
        raise ValueError
    return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else _exact(value)


def _exact(value: Decimal) -> Any:
    """A number if a double has it, and otherwise its text."""
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def _is_infinite(value: Any) -> bool:
    try:
        return not isinstance(value, (str, bytes)) and not math.isfinite(value)
    except Exception:
        return False


def _is_lazy(value: Any) -> bool:
    return not isinstance(value, str) and any(kind.__name__ in _LAZY for kind in type(value).__mro__)


def _token(name: str) -> str:
    """A name in a JSON pointer, for a log."""
    visible = "".join([character if character.isprintable() else f"\\u{ord(character):04X}" for character in name[:100]])
    return visible.replace("~", "~0").replace("/", "~1")


def _removed(event: Dict[str, Any], error: ValidationError) -> bool:
    """Takes out the member that the library refused; whether there was one."""
    field = error.field[len("/event") :] if error.field.startswith("/event/") else error.field
    *parents, name = [part.replace("~1", "/").replace("~0", "~") for part in field.split("/")[1:]] or [""]
    holder: Any = event
    for parent in parents:
        holder = holder.get(parent) if isinstance(holder, dict) else None
    if not isinstance(holder, dict) or name not in holder or field in _HIDING:
        return False
    if field == "/event":
        holder[name] = "page_visit"
    elif field.startswith("/request/") and holder[name] is not None:
        holder[name] = None  # rather than what the request says
    else:
        del holder[name]
    _warn(field, error.message)
    return True


def _warn(pointer: str, message: str) -> None:
    warn_kind(f"addition {pointer} {message}", f"an addition to a page visit was left out: {pointer}: {message}")
