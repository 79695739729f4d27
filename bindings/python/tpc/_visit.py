# SPDX-License-Identifier: Apache-2.0
"""A page visit under Python's names, and its JSON in the contract's shape."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping as AbstractMapping
from datetime import datetime
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, TypedDict, Union
from uuid import UUID

from ._errors import ValidationError
from ._json import json_bytes, json_text, unreadable

Text = Optional[str]
Identifier = Union[str, UUID]
Property = Union[str, int, float, bool, None]


class _Absent:
    """The default of every field: not given. It differs from None, which is JSON's null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()


def _at(*position: str) -> Any:
    return dataclasses.field(default=ABSENT, metadata={"position": position})


@dataclasses.dataclass(repr=False)
class PageVisit:
    """One page visit: the contract's request body. Client.track takes a copy, so it can be changed and used again.

    A field that is not given is absent from the event or filled in by the library; None is null, where the contract allows
    null. Only `href`, the page's URL (RFC 3986), is required. `occurred_at` is RFC 3339 text or a datetime with a time zone.
    """

    href: str = _at("page", "href")
    domain: str = _at("page", "domain")
    pathname: str = _at("page", "pathname")
    title: Text = _at("page", "title")
    canonical_url: Text = _at("page", "canonicalUrl")
    referrer: Text = _at("request", "referrer")
    user_agent: Text = _at("request", "userAgent")
    client_ip: Text = _at("request", "clientIp")
    method: Text = _at("request", "method")
    session_id: Optional[Identifier] = _at("sessionId")
    anonymous_id: Optional[Identifier] = _at("anonymousId")
    event_id: Identifier = _at("eventId")
    occurred_at: Union[str, datetime] = _at("occurredAt")
    sdk_name: str = _at("sdk", "name")
    sdk_version: str = _at("sdk", "version")
    sdk_runtime: str = _at("sdk", "runtime")
    properties: Mapping[str, Property] = _at("properties")

    def given(self) -> Dict[str, Any]:
        """The fields that were given, as keywords for Client.track."""
        return {name: value for name, value in vars(self).items() if value is not ABSENT}

    def __repr__(self) -> str:
        return f"PageVisit({', '.join(f'{name}={value!r}' for name, value in self.given().items())})"


class VisitFields(TypedDict, total=False):
    """PageVisit's fields as keywords, for type checkers, without `properties`."""

    href: str
    domain: str
    pathname: str
    title: Text
    canonical_url: Text
    referrer: Text
    user_agent: Text
    client_ip: Text
    method: Text
    session_id: Optional[Identifier]
    anonymous_id: Optional[Identifier]
    event_id: Identifier
    occurred_at: Union[str, datetime]
    sdk_name: str
    sdk_version: str
    sdk_runtime: str


# The position of each field in the contract: an object's name, or "" for the event itself, and the member's name in it.
_POSITIONS: Dict[str, Tuple[str, str]] = {
    field.name: ("", *field.metadata["position"])[-2:]
    for field in dataclasses.fields(PageVisit)
    if field.name != "properties"
}
# The characters that JSON escapes in a string.
_ESCAPED = bytes(range(0x20)) + b'"\\'


def visit_bytes(fields: Mapping[str, Any], properties: Any) -> bytes:
    """The event's JSON. Raises ValidationError for a value that JSON cannot express, and TypeError for an unknown field."""
    try:
        # Most events contain plain text only. Checking all of it at once takes a third of the time of escaping each value.
        text = "".join(fields.values()).encode()
        if len(text.translate(None, _ESCAPED)) == len(text):
            template, values_in_order = _template(*fields)
            parts = template.copy()
            parts[1::2] = values_in_order(fields)
            parts.append("}" if properties is ABSENT else _properties_text(properties))
            return "".join(parts).encode()
    except Exception:  # a nesting that is too deep, or a value whose own code raises, among others
        pass
    # Slower, but says exactly what is wrong and where.
    return json_bytes(_contract_shape(fields, properties))


def _properties_text(properties: Mapping[str, Any]) -> str:
    """The end of an event's JSON. Matches exact types only: a subclass may format itself differently."""
    text = ',"properties":{'
    for name, value in properties.items():
        kind = value.__class__
        if kind is str:
            text = f"{text}{quoted(name)}:{quoted(value)},"
        elif kind is int:
            text = f"{text}{quoted(name)}:{value},"
        elif kind is bool:
            text = f"{text}{quoted(name)}:{'true' if value else 'false'},"
        else:
            text = f"{text}{quoted(name)}:{json_text(value)},"
    return f"{text[:-1]}}}}}" if properties else ',"properties":{}}'


def event_bytes(event: Any) -> bytes:
    """The JSON of an event in the contract's shape, in which "event" may be left out. Raises ValidationError."""
    try:
        return json_bytes({"event": "page_visit", **event} if isinstance(event, AbstractMapping) else event)
    except ValidationError:
        raise
    except Exception as error:
        raise unreadable(error) from None


@functools.lru_cache(maxsize=256)
def _template(*names: str) -> Tuple[List[str], Callable[[Mapping[str, Any]], Iterable[str]]]:
    """The JSON of an event with these fields, without its end, cut into parts: every second part is a value, here the name of
    its field. Also a function that takes the values out of the fields in that order.
    """
    text = json_text(_contract_shape({name: f"\0{name}\0" for name in names}, ABSENT))
    parts = text[:-1].split("\\u0000")
    in_order = parts[1::2]
    # For a single name, itemgetter would return a bare value.
    return parts, itemgetter(*in_order) if len(in_order) > 1 else _values


def _values(fields: Mapping[str, Any]) -> Iterable[str]:
    return fields.values()


def _contract_shape(fields: Mapping[str, Any], properties: Any) -> Dict[str, Any]:
    """The event as the contract has it."""
    event: Dict[str, Any] = {"event": "page_visit"}
    for name, value in fields.items():
        if name not in _POSITIONS:
            raise TypeError(f"there is no field {name!r}; the fields are {', '.join([*_POSITIONS, 'properties'])}")
        group, member = _POSITIONS[name]
        (event.setdefault(group, {}) if group else event)[member] = value
    if properties is not ABSENT:
        event["properties"] = properties
    return event
