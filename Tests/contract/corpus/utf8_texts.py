# SPDX-License-Identifier: Apache-2.0
"""RFC 3629: sequences of bytes that are UTF-8 and that are not, wherever an event can hold them."""

from candidate import Candidate

# The first and last scalar value of each length, and what lies beside the surrogates.
VALID = [chr(code).encode() for code in (
    0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD7FF, 0xE000, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1FFFE,
    0x3FFFF, 0x40000,
    0xFFFFF, 0x100000, 0x10FFFF,
)]  # fmt: skip

INVALID = (
    # Continuation bytes without a first one, and bytes that UTF-8 never has.
    [bytes([byte]) for byte in (0x80, 0x81, 0x9F, 0xA0, 0xBF, *range(0xC0, 0xC2), *range(0xF5, 0x100))]
    # First bytes without what has to follow.
    + [bytes([byte]) for byte in (0xC2, 0xC3, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF1, 0xF4)]
    + [
        b"\xe2\x82",
        b"\xe0\xa0",
        b"\xed\x9f",
        b"\xf0\x9f",
        b"\xf0\x9f\x98",
        b"\xf4\x8f\xbf",
        b"\xc3\x28",
        b"\xe2\x28\xa1",
        b"\xe2\x82\x28",
    ]
    + [
        b"\xf0\x28\x8c\xbc",
        b"\xf0\x90\x28\xbc",
        b"\xf0\x90\x8c\x28",
        b"\xc3\xc3\xa9",
        b"\xe2\xe2\x82\xac",
        b"\xf0\x9f\xf0\x9f\x98\x80",
    ]
    # Too long for what they say.
    + [
        b"\xc0\x80",
        b"\xc0\xaf",
        b"\xc1\x81",
        b"\xc1\xbf",
        b"\xe0\x80\x80",
        b"\xe0\x80\xaf",
        b"\xe0\x9f\xbf",
        b"\xf0\x80\x80\x80",
    ]
    + [b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf", b"\xf8\x80\x80\x80\x80", b"\xfc\x80\x80\x80\x80\x80"]
    # Surrogates, alone and in pairs.
    + [
        b"\xed\xa0\x80",
        b"\xed\xad\xbf",
        b"\xed\xae\x80",
        b"\xed\xaf\xbf",
        b"\xed\xb0\x80",
        b"\xed\xbe\x80",
        b"\xed\xbf\xbf",
    ]
    + [b"\xed\xa0\x80\xed\xb0\x80", b"\xed\xa0\xbd\xed\xb8\x80"]
    # Above U+10FFFF.
    + [
        b"\xf4\x90\x80\x80",
        b"\xf4\xbf\xbf\xbf",
        b"\xf5\x80\x80\x80",
        b"\xf7\xbf\xbf\xbf",
        b"\xf8\x88\x80\x80\x80",
        b"\xfd\xbf\xbf\xbf\xbf\xbf",
    ]
    # One continuation byte too many.
    + [b"\xc3\xa9\x80", b"\xe2\x82\xac\x80", b"\xf0\x9f\x98\x80\x80"]
    # Latin-1, Windows-1252, Shift JIS and GBK text.
    + [b"caf\xe9", b"\x93quoted\x94", b"\x93\xfa\x96\x7b", b"\xc4\xe3\xba\xc3"]
)

PLACES = {
    "title": b'{"event":"page_visit","page":{"href":"x:","title":"%s"}}',
    "end of a long title": b'{"event":"page_visit","page":{"href":"x:","title":"plain text of more than a word %s"}}',
    "property": b'{"event":"page_visit","page":{"href":"x:"},"properties":{"a":"%s"}}',
    "property's key": b'{"event":"page_visit","page":{"href":"x:"},"properties":{"%s":1}}',
    "unknown member": b'{"event":"page_visit","page":{"href":"x:"},"x":["%s"]}',
    "unknown member's name": b'{"event":"page_visit","page":{"href":"x:"},"%s":null}',
    "member that is replaced": b'{"eventId":"%s","event":"page_visit","page":{"href":"x:"},"eventId":"1"}',
}

# Here no text but ASCII is valid; what is no UTF-8 is no JSON first.
ASCII_PLACES = {
    "/event": b'{"event":"page_visit%s","page":{"href":"x:"}}',
    "/page/href": b'{"event":"page_visit","page":{"href":"x:%s"}}',
    "/page/canonicalUrl": b'{"event":"page_visit","page":{"href":"x:","canonicalUrl":"x:%s"}}',
    "/occurredAt": b'{"event":"page_visit","page":{"href":"x:"},"occurredAt":"2026-11-23T10:00:00Z%s"}',
}


def candidates():
    for place, template in PLACES.items():
        for sequence in VALID:
            yield Candidate(f"{sequence.hex()} in {place}", template.replace(b"%s", sequence), True)
        for sequence in INVALID:
            yield Candidate(f"{sequence.hex()} in {place}", template.replace(b"%s", sequence), False)
    for pointer, template in ASCII_PLACES.items():
        for sequence in VALID:
            yield Candidate(f"{sequence.hex()} in {pointer}", template.replace(b"%s", sequence), False, pointer)
        for sequence in INVALID[::4]:
            yield Candidate(f"{sequence.hex()} in {pointer}", template.replace(b"%s", sequence), False)
    for sequence in INVALID:
        yield Candidate(
            f"{sequence.hex()} between tokens", b'{"event":"page_visit",' + sequence + b'"page":{"href":"x:"}}', False
        )
    for sequence in INVALID[::3]:
        yield Candidate(f"{sequence.hex()} alone", sequence, False)
        yield Candidate(
            f"{sequence.hex()} behind an event", b'{"event":"page_visit","page":{"href":"x:"}}' + sequence, False
        )
