# SPDX-License-Identifier: Apache-2.0
"""RFC 3986, appendix A: the rule `URI`."""

import string

from candidate import Candidate, event, quoted
from uri_texts import INVALID, VALID

LETTERS = set(string.ascii_letters)
DIGITS = set(string.digits)
UNRESERVED = LETTERS | DIGITS | set("-._~")
SUB_DELIMS = set("!$&'()*+,;=")
NAME = UNRESERVED | SUB_DELIMS
PCHAR = NAME | set(":@")
# What ends the authority, and begins the path, the query or the fragment.
END_OF_AUTHORITY = set("/?#")

# Where a character is put, and with which ones a URI comes out. Its neighbours are no hexadecimal digits, so that "%" is
# nowhere valid.
PLACES = {
    # Behind "ht:" the rest is a path.
    "scheme": ("ht%sxp://example.com/", LETTERS | DIGITS | set("+-.:")),
    "start of the scheme": ("%sxtp://example.com/", LETTERS),
    "userinfo": ("https://u%sxy@example.com/", NAME | set(":") | END_OF_AUTHORITY),
    # "@" makes userinfo of what stands before it.
    "host": ("https://ex%smple.com/", NAME | set("@") | END_OF_AUTHORITY),
    "host before a port": ("https://ex%smple.com:80/", NAME | set("@") | END_OF_AUTHORITY),
    # ":" begins an empty port.
    "end of the host": ("https://example.com%s", NAME | set(":@") | END_OF_AUTHORITY),
    "port": ("https://example.com:8%s0/", DIGITS | set("@") | END_OF_AUTHORITY),
    "behind an IP literal": ("https://[::1]%s", set(":") | END_OF_AUTHORITY),
    "IPvFuture": ("https://[v1.x%sx]/", NAME | set(":")),
    "path": ("https://example.com/x%sx", PCHAR | set("/?#")),
    "path without authority": ("urn:x%sx", PCHAR | set("/?#")),
    "query": ("https://example.com/?x%sx", PCHAR | set("/?#")),
    "fragment": ("https://example.com/#x%sx", PCHAR | set("/?")),
}

ESCAPE_DIGITS = "09afAF"
NO_ESCAPE_DIGITS = "/:@gG`% "

# Groups before and behind "::", and the last 32 bits as an IPv4 address or not.
IPV4_TAILS = {
    "0.0.0.0": True,
    "255.255.255.255": True,
    "192.0.2.1": True,
    "256.0.0.1": False,
    "1.2.3.256": False,
    "01.2.3.4": False,
    "1.2.3.04": False,
    "1.2.3": False,
    "1.2.3.4.5": False,
    "1.2.3.": False,
    "1.2..4": False,
    "1.2.3.a": False,
    "1.2.3.4:5": False,
}


def _ipv6():
    for groups in range(10):
        yield ":".join(["db8"] * groups), groups == 8
        yield ":".join(["1"] * groups + ["192.0.2.1"]), groups == 6
        for behind in range(10 - groups):
            text = ":".join(["a"] * groups) + "::" + ":".join(["B"] * behind)
            yield text, groups + behind <= 7
            separator = ":" if behind else ""
            yield text + separator + "192.0.2.1", groups + behind + 2 <= 7
    for tail, valid in IPV4_TAILS.items():
        yield "::" + tail, valid
        yield "1:2:3:4:5:6:" + tail, valid
    for group, valid in {
        "0": True,
        "0000": True,
        "ffff": True,
        "FFFF": True,
        "00000": False,
        "12345": False,
        "g": False,
        "-1": False,
    }.items():
        yield f"{group}::", valid
        yield f"::{group}", valid
        yield f"1:2:3:{group}:5:6:7:8", valid


def _texts():
    yield from ((text, True) for text in VALID)
    yield from ((text, False) for text in INVALID)
    for template, valid in PLACES.values():
        for code in range(128):
            yield template % chr(code), chr(code) in valid
        for character in "\u00e4\u0430\u65e5\u200b\ufeff\U0001f600":
            yield template % character, False
    for first in ESCAPE_DIGITS + NO_ESCAPE_DIGITS:
        for second in ESCAPE_DIGITS[:2] + NO_ESCAPE_DIGITS:
            valid = first in ESCAPE_DIGITS and second in ESCAPE_DIGITS
            yield f"https://example.com/x%{first}{second}", valid
    for place in ("u%{}@h/", "h%{}/", "h/%{}", "h?%{}", "h#%{}"):
        for digits, valid in {
            "20": True,
            "fF": True,
            "00": True,
            "2": False,
            "": False,
            "2x": False,
            "x2": False,
            "%20": False,
        }.items():
            yield "http://" + place.format(digits), valid
    for address, valid in _ipv6():
        yield f"http://[{address}]/", valid
    for length in (255, 1000, 8000, 20000):
        yield "https://example.com/" + "a" * length, True
        yield "https://example.com/?" + "%20" * (length // 3), True
        yield "https://example.com/" + "a" * length + " ", False
    yield "http://" + "a" * 300 + ".example/", True
    yield "http://example.com:" + "1" * 40, True
    yield "x" * 200 + ":", True


def candidates():
    seen = set()
    for number, (text, valid) in enumerate(_texts()):
        if text in seen:
            continue
        seen.add(text)
        # Both fields have the format; long lists take turns.
        pointer = "/page/canonicalUrl" if number % 4 == 3 else "/page/href"
        yield Candidate(f"uri {text[:60]!a}", event({pointer: quoted(text)}), valid, "" if valid else pointer)
    for text in VALID[:20] + INVALID[:20]:
        valid = text in VALID
        yield Candidate(
            f"canonical {text[:60]!a}",
            event({"/page/canonicalUrl": quoted(text)}),
            valid,
            "" if valid else "/page/canonicalUrl",
        )
    yield Candidate("uri in escapes", event({"/page/href": '"https:\\/\\/example.com\\u002f"'}), True)
    yield Candidate(
        "uri with an escaped space", event({"/page/href": '"https://example.com/a\\u0020b"'}), False, "/page/href"
    )
    yield Candidate(
        "uri with a lone surrogate", event({"/page/href": '"https://example.com/\\ud800"'}), False, "/page/href"
    )
    yield Candidate(
        "uri with an escaped NUL", event({"/page/href": '"https://example.com/\\u0000"'}), False, "/page/href"
    )
    yield Candidate(
        "uri with raw non-ASCII", event({"/page/href": '"https://example.com/caf\u00e9"'}), False, "/page/href"
    )
