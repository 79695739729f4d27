"""Servers that ask to be left alone, in each valid form and in invalid ones, which are ignored."""

import email.utils
import time

from support.servers.actions import Raw, Reply

from ..fault import EXPIRED, Fault, always, once

GIVES_UP = {"delivery_timeout_ms": 600}
# The final answer, which follows it, does not ask for a wait.
INTERIM = b"HTTP/1.1 103 Early Hints\r\nRetry-After: 3600\r\n\r\n"


def _seconds(name, value, header="Retry-After", **more):
    return Fault(f"{header}: {name}", Reply(503, {header: value}), **more)


def dated(seconds):
    """The date that is the given number of seconds after the answer."""
    return lambda request, elsewhere: Reply(
        503, {"Retry-After": email.utils.formatdate(time.time() + seconds, usegmt=True)}
    )


FAULTS = [
    _seconds("1", "1", when=once),
    _seconds("0", "0"),
    _seconds("00", "00"),
    _seconds("-1", "-1"),
    _seconds("+1", "+1"),
    _seconds("1.5", "1.5"),
    _seconds("1e9", "1e9"),
    _seconds("soon", "soon"),
    _seconds("nothing", ""),
    _seconds("10,000 letters", "x" * 10_000),
    _seconds("bytes beyond ASCII", "\xff\xfe"),
    # What is beyond 300 s counts as 300 s: an event whose time is shorter ends before that.
    _seconds("an hour", "3600", when=always, ends=EXPIRED, options=GIVES_UP),
    _seconds("a number of 40 digits", "9" * 40, when=always, ends=EXPIRED, options=GIVES_UP),
    Fault("Retry-After: a date", dated(2), when=once),
    Fault("Retry-After: a date of last year", dated(-365 * 86400)),
    Fault("Retry-After: a date in 100 years", dated(100 * 365 * 86400), when=always, ends=EXPIRED, options=GIVES_UP),
    _seconds("a date that does not exist", "Fri, 31 Feb 2026 12:00:00 GMT"),
    _seconds("a date without a zone", "Sat, 31 Jan 2026 12:00:00"),
    _seconds("20", "20", header="retry-after-ms"),
    _seconds("-20", "-20", header="retry-after-ms"),
    _seconds("a number of 40 digits", "9" * 40, header="retry-after-ms", when=always, ends=EXPIRED, options=GIVES_UP),
    Fault("Retry-After twice", Reply(503, (("Retry-After", "soon"), ("Retry-After", "0")))),
    Fault("Retry-After: an hour, in milliseconds: 5", Reply(429, {"Retry-After": "3600", "retry-after-ms": "5"})),
    Fault("Retry-After with a refusal", Reply(422, {"retry-after-ms": "5"}), rejects=True),
    Fault("Retry-After with a 200", Reply(200, {"Retry-After": "3600"}), when=always, fails=False),
    Fault("Retry-After in an interim answer", Raw(INTERIM + b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")),
]
