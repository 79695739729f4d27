"""The event's fields as tpc.h documents them: number, JSON pointer, whether null is taken, and a value for each."""

import re
from dataclasses import dataclass

from support import header


@dataclass(frozen=True)
class Field:
    number: int
    pointer: str
    takes_null: bool

    def __str__(self):
        return self.pointer

    def value_in(self, event):
        """The field's value in a parsed event; KeyError when it is absent."""
        for name in self.pointer.split("/")[1:]:
            event = event[name]
        return event

    def inside(self, value):
        """An event as JSON would have it, with this field's value."""
        event = {"event": "page_visit", "page": {"href": "https://example.com/"}}
        *containers, name = self.pointer.split("/")[1:]
        place = event
        for container in containers:
            place = place.setdefault(container, {})
        place[name] = value
        return event


def _documented():
    for name, number, comment in re.findall(r"(TPC_FIELD_\w+) = (\d+),? +/\* (.+?) \*/", header.TEXT):
        assert header.FIELDS[name] == int(number)
        pointer = re.match(r"/\w+(?:/\w+)?", comment).group()
        yield Field(int(number), pointer, "(null)" in comment)


FIELDS = list(_documented())
assert len(FIELDS) == len(header.FIELDS)
BY_POINTER = {field.pointer: field for field in FIELDS}

# Two values that the contract takes, for each field; one only where there is but one.
VALUES = {
    "/event": ("page_visit", "page_visit"),
    "/occurredAt": ("2026-01-31T12:00:00.123Z", "1990-12-31t15:59:60-08:00"),
    "/eventId": ("01890a5d-ac96-774b-bcce-b302099a8057", "x"),
    "/page/href": ("https://example.com/pricing?plan=a", "urn:isbn:0451450523"),
    "/page/canonicalUrl": ("https://example.com/", "mailto:someone@example.com"),
}
PLAIN = ('text "with" \\ and \t\x01\x00 in it, naïve 日本 🦊', "")


def values_of(field):
    return VALUES.get(field.pointer, PLAIN)


REFUSED = {
    "/event": ("page_view", "", "page_visit\0"),
    "/occurredAt": ("yesterday", "", "2026-01-31", "2026-02-30T00:00:00Z", "2026-01-31T12:00:00"),
    "/eventId": ("",),
    "/page/href": ("", "/pricing", "https://example.com/a b", "https://example.com/ü", "https://example.com/%zz"),
    "/page/canonicalUrl": ("", "pricing", "https://example.com/\0"),
}
