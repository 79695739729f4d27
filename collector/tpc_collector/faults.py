"""Faults that the ingest endpoint simulates on request: their description and their queue."""

from collections import deque
from dataclasses import dataclass, field
from typing import Optional

BODIES = ("truncated", "garbage", "empty", "foreign")


@dataclass
class Fault:
    """How to handle `count` requests (None: all until another mode is set). Without any member: normally."""

    count: Optional[int] = None
    # Statuses other than 2xx are answered without looking at the event, which is then not accepted.
    status: Optional[int] = None
    delay_ms: int = 0
    close: Optional[str] = None
    body: Optional[str] = None
    headers: dict = field(default_factory=dict)

    def refuses(self):
        """Whether the event is refused, whatever it contains."""
        return self.close == "before" or (self.status is not None and not 200 <= self.status < 300)


class Faults:
    """Modes in the order they were set; each request takes from the first one."""

    def __init__(self):
        self._modes = deque()

    def clear(self):
        """Returns to normal."""
        self._modes.clear()

    def extend(self, modes):
        """Queues modes after those that wait. A mode without a count ends when another is set."""
        if modes and self._modes and self._modes[-1].count is None:
            self._modes.pop()
        self._modes.extend(modes)

    def take(self):
        """Takes the fault for one request; None when there is none."""
        if not self._modes:
            return None
        mode = self._modes[0]
        if mode.count is not None:
            mode.count -= 1
            if mode.count == 0:
                self._modes.popleft()
        return mode

    def waiting(self):
        """The number of requests that remain for each waiting mode."""
        return [mode.count for mode in self._modes]


def parse_modes(value):
    """The faults in the JSON of `POST /_tpc/mode`. Raises a ValueError that names the member."""
    modes = [_parse_mode(mode) for mode in (value if isinstance(value, list) else [value])]
    for mode in modes[:-1]:
        if mode.count is None:
            raise ValueError("count: is missing; only the last mode of a list can be without one")
    return modes


def _parse_mode(value):
    if not isinstance(value, dict):
        raise ValueError("a mode is an object")
    unknown = sorted(set(value) - set(_MEMBERS))
    if unknown:
        raise ValueError(f"{unknown[0]}: is unknown; a mode has {', '.join(_MEMBERS)}")
    for name, found in value.items():
        accepts, wanted = _MEMBERS[name]
        if not accepts(found):
            raise ValueError(f"{name}: expected {wanted}")
    if "close" in value and set(value) - {"close", "delay_ms", "count"}:
        raise ValueError("close: has no answer, so it goes with delay_ms and count only")
    headers = dict(value.get("headers", {}))
    if "retry_after" in value:
        headers["retry-after"] = str(value["retry_after"])
    if "should_retry" in value:
        headers["x-should-retry"] = "true" if value["should_retry"] else "false"
    return Fault(
        count=value.get("count"),
        status=value.get("status"),
        delay_ms=value.get("delay_ms", 0),
        close=value.get("close"),
        body=value.get("body"),
        headers=headers,
    )


def _whole_number(low, high):
    return lambda value: type(value) is int and low <= value <= high


def _header_value(value):
    return type(value) in (str, int) and all(" " <= character <= "~" for character in str(value))


def _headers(value):
    token = "!#$%&'*+-.^_`|~"
    return isinstance(value, dict) and all(
        name and all(c in token or (c.isascii() and c.isalnum()) for c in name) and _header_value(text)
        for name, text in value.items()
    )


_MEMBERS = {
    "status": (_whole_number(200, 599), "a status from 200 to 599"),
    "delay_ms": (_whole_number(0, 3_600_000), "milliseconds up to an hour"),
    "retry_after": (_header_value, "seconds or a date"),
    "headers": (_headers, "an object of header names and their values"),
    "close": (lambda value: value in ("before", "after"), "before or after"),
    "body": (lambda value: isinstance(value, str), f"{', '.join(BODIES)}, or the text itself"),
    "should_retry": (lambda value: isinstance(value, bool), "true or false"),
    "count": (_whole_number(1, 10**9), "a number of requests, at least 1"),
}
