"""One readable line on the terminal for each event."""

import os
import sys
from urllib.parse import urlsplit

from .agents import agent_name

GREEN, YELLOW, RED, DIM, PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
PAGE_WIDTH = 44
REASON_WIDTH = 200


class Console:
    """Writes lines to a stream, in color when that is a terminal and NO_COLOR is not set."""

    def __init__(self, stream=None, quiet=False, environment=os.environ):
        self._stream = sys.stdout if stream is None else stream
        self._quiet = quiet
        self._color = self._stream.isatty() and not environment.get("NO_COLOR")

    def show(self, record, event):
        """Writes the line of one record. If the terminal is gone, lines are dropped and events are still taken."""
        if self._quiet:
            return
        self.write(line(record, event, self._color))

    def write(self, text):
        """Writes a line at once."""
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._quiet = True


def line(record, event, color=False):
    """The line of a record: time, verdict, page, agent, and the reason when it is bad."""
    members = event if isinstance(event, dict) else {}
    page, request = _object(members, "page"), _object(members, "request")
    if record.good:
        verdict, paint = ("again", YELLOW) if record.duplicate else ("good", GREEN)
    else:
        verdict, paint = ("closed" if record.status is None else str(record.status)), RED
    agent = printable(record.agent or agent_name(request.get("userAgent")), 24)
    if record.verified is not None:
        agent += " (verified)" if record.verified else " (not verified)"
    if record.answer:
        agent += f" via {printable(record.answer, 24)}"
    shown = [record.received_at[11:23], f"{verdict:<6}", f"{printable(_path(page), PAGE_WIDTH):<{PAGE_WIDTH}}", agent]
    if record.reason:
        shown.append(" " + printable(record.reason, REASON_WIDTH))
    if color:
        shown[0], shown[1] = DIM + shown[0] + PLAIN, paint + shown[1] + PLAIN
    return "  ".join(shown).rstrip()


def _object(members, name):
    value = members.get(name)
    return value if isinstance(value, dict) else {}


def _path(page):
    """The page's path, even if the event is incomplete or wrong."""
    if isinstance(page.get("pathname"), str):
        return page["pathname"]
    href = page.get("href")
    if not isinstance(href, str):
        return "-"
    try:
        return urlsplit(href).path or "/"
    except ValueError:
        return href


def printable(text, width):
    """The text cut to a width, with the characters escaped that a terminal would act on."""
    shown = text[: width + 1]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    return shown if len(shown) <= width else shown[: width - 1] + "…"
