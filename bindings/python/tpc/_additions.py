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
from numbers import Real
from typing import Any, Callable, Dict, Iterable, Tuple

from ._errors import Error, TooLarge, ValidationError
from ._faults import warn_kind
from ._json import json_text, text_json

# Texts that are made when they are asked for: of Django, of Flask-Babel and of Babel.
_LAZY = {"Promise", "LazyString", "LazyProxy"}
_MOST_REFUSED = 20
# What the request says itself would take the place of these, which the application may have wanted to hide: then the visit is
# withheld. A request's other members become null.
_NEEDED = {"/page", "/page/href", "/request"}
_LEFT_OUT = object()
# The members that are text, by the pointer of what they are in.
_TEXTS = {
    "": {"eventId", "sessionId", "anonymousId"},
    "/page": {"href", "domain", "pathname", "title", "canonicalUrl"},
    "/request": {"referrer", "userAgent", "clientIp", "method"},
    "/sdk": {"name", "version", "runtime"},
}


def sent_leniently(send: Callable[[str], None], event: Mapping[str, Any]) -> None:
    """Sends an event's JSON. If it cannot be written, or the library refuses it for a member, that member is converted or left
    out.
    """
    try:
        text = json_text(event)
    except Exception:  # a value's own code may raise anything
        pass
    else:
        try:
            return send(text)
        except (ValidationError, TooLarge):
            pass
    kept = plain(event)
    for _ in range(_MOST_REFUSED):
        try:
            return send(json_text(kept))
        except (ValidationError, TooLarge) as error:
            if not _removed(kept, error):
                raise
    send(json_text(kept))


def plain(event: Mapping[str, Any]) -> Dict[str, Any]:
    """A copy of the event, without what JSON does not have. Raises ValidationError where the visit cannot do without it."""
    return _members(event.items(), "")


def _members(items: Iterable[Tuple[Any, Any]], parent: str) -> Dict[str, Any]:
    members = {name: _member(name, value, parent) for name, value in items}
    return {name: member for name, member in members.items() if member is not _LEFT_OUT}


def _member(name: Any, value: Any, parent: str) -> Any:
    if not isinstance(name, str):
        _warn(f"{parent}/", f"found a name of type {type(name).__name__}; expected text")
        return _LEFT_OUT
    pointer = f"{parent}/{_token(name)}"
    try:
        text_json(name)
        items = list(value.items()) if not parent and isinstance(value, Mapping) else None
        if items is None:
            converted = _converted(value)
            is_number = isinstance(converted, (int, float)) and not isinstance(converted, bool)
            return str(converted) if is_number and name in _TEXTS.get(parent, ()) else converted
    except Exception:
        # The value is not shown: it may be a visitor's.
        found = "a number that is not finite" if _is_infinite(value) else type(value).__name__
        return _left_out(pointer, f"found {found}; expected text, a number, a boolean, None, a date or a UUID")
    return _members(items, pointer)


def _left_out(pointer: str, message: str) -> Any:
    """What is sent in place of a member."""
    if pointer in _NEEDED:
        raise ValidationError(pointer, message)
    _warn(pointer, message)
    if pointer == "/event":
        return "page_visit"
    return None if pointer.startswith("/request/") else _LEFT_OUT


def _converted(value: Any) -> Any:
    """The value, or what it means. Raises for anything else."""
    if isinstance(value, Enum):
        value = value.value
    if _is_lazy(value):
        value = str(value)
    elif hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        value = _item(value)
    elif type(value) is not value.__class__:  # Django's SimpleLazyObject or Werkzeug's LocalProxy
        value = next((kind(value) for kind in (str, bool, int, float) if isinstance(value, kind)), value)
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


def _item(value: Any) -> Any:
    """The scalar of numpy as Python's. Of times in nanoseconds, item() would make integers."""
    item, kind = value.item(), getattr(value.dtype, "kind", None)
    if kind == "m":
        raise TypeError
    return value.astype("datetime64[us]").item() if kind == "M" and isinstance(item, int) else item


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
        return isinstance(value, (Real, Decimal)) and not math.isfinite(value)
    except Exception:
        return False


def _is_lazy(value: Any) -> bool:
    return not isinstance(value, str) and any(kind.__name__ in _LAZY for kind in type(value).__mro__)


def _token(name: str) -> str:
    """A name in a JSON pointer, for a log."""
    visible = "".join([character if character.isprintable() else f"\\u{ord(character):04X}" for character in name[:100]])
    return visible.replace("~", "~0").replace("/", "~1")


def _removed(event: Dict[str, Any], error: Error) -> bool:
    """Takes out the member that the library refused; whether there was one, and the visit can do without it."""
    field = error.field[len("/event") :] if error.field.startswith("/event/") else error.field
    *parents, name = [part.replace("~1", "/").replace("~0", "~") for part in field.split("/")[1:]] or [""]
    holder: Any = event
    for parent in parents:
        holder = holder.get(parent) if isinstance(holder, dict) else None
    if not isinstance(holder, dict) or name not in holder or field in _NEEDED:
        return False
    former, instead = holder.pop(name), _left_out(field, error.message)
    if former is not None and instead is not _LEFT_OUT:
        holder[name] = instead
    return True


def _warn(pointer: str, message: str) -> None:
    warn_kind(f"addition {pointer} {message}", f"an addition to a page visit was left out: {pointer}: {message}")
