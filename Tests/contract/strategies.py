# SPDX-License-Identifier: Apache-2.0
"""Candidates near the border between valid and invalid."""

import json

import verdicts
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# The same examples in every run: what fails here fails everywhere. How long one takes says more about the machine than about
# the code.
many_examples = settings(
    derandomize=True, deadline=None, max_examples=1500, database=None, suppress_health_check=list(HealthCheck)
)
few_examples = settings(many_examples, max_examples=60)

URI_PIECES = [
    "http:",
    "x:",
    "//",
    "/",
    "?",
    "#",
    "@",
    ":",
    "[",
    "]",
    "::1",
    "::",
    "1",
    "a",
    "F",
    "v1.",
    ".",
    "1.2.3.4",
    "%",
    "%4",
    "%41",
    "80",
    "-",
    "~",
    " ",
    "é",
    "|",
    "\\",
    "\0",
]
uris = st.lists(st.sampled_from(URI_PIECES), max_size=8).map("".join) | st.lists(
    st.sampled_from(URI_PIECES[2:-5]), max_size=6
).map(lambda pieces: "http://" + "".join(pieces))
addresses = st.lists(st.sampled_from([":", ":", "::", "0", "ab", "FFFF", "12345", "1.2.3.4", "g"]), max_size=16).map(
    "".join
)


def mostly(good, others):
    """One strategy where a single wrong piece decides: nine times of ten what is right there."""
    return st.integers(0, 9).flatmap(lambda chosen: others if chosen == 0 else good)


two_digits = st.sampled_from(["00", "13", "24", "31", "32", "59", "60", "61", "1", "001"])
date_times = st.builds(
    "{}-{}-{}{}{}:{}:{}{}{}".format,
    mostly(st.sampled_from(["0000", "1900", "2000", "2023", "2024", "9999"]), st.sampled_from(["24", "02024", ""])),
    mostly(st.sampled_from(["01", "02", "04", "12"]), two_digits),
    mostly(st.sampled_from(["01", "28", "29", "30", "31"]), two_digits),
    mostly(st.sampled_from("Tt"), st.sampled_from([" ", "", "TT"])),
    mostly(st.sampled_from(["00", "12", "23"]), two_digits),
    mostly(st.sampled_from(["00", "30", "59"]), two_digits),
    mostly(st.sampled_from(["00", "30", "59"]), two_digits),
    mostly(st.sampled_from(["", ".0", ".123456789"]), st.sampled_from([".", ",5", ".5."])),
    mostly(
        st.sampled_from(["Z", "z", "+00:00", "-23:59", "+23:59", "-00:30", "+01:00"]),
        st.sampled_from(["+24:00", "-01:60", "+0100", "", "+01", "ZZ"]),
    ),
)
leap_seconds = st.builds(
    lambda minute, offset, sign: (
        f"2016-12-31T{minute // 60:02}:{minute % 60:02}:60{sign}{offset // 60:02}:{offset % 60:02}"
    ),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from("+-"),
) | st.integers(-1439, 1439).map(
    # 23:59 UTC in local time.
    lambda offset: "2016-12-31T{:02}:{:02}:60{}{:02}:{:02}".format(
        *divmod((1439 + offset) % 1440, 60), "-" if offset < 0 else "+", *divmod(abs(offset), 60)
    )
)

texts = (
    st.text(max_size=12)
    | uris
    | date_times
    | leap_seconds
    | st.sampled_from(["page_visit", "", "https://example.com/", "2026-11-23T10:00:00Z"])
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


GOOD = {
    "event": st.just("page_visit"),
    "occurredAt": mostly(st.just("2026-11-23T10:00:00Z"), date_times),
    "eventId": st.text(min_size=1, max_size=8),
    "href": mostly(st.just("https://example.com/"), uris),
    "canonicalUrl": mostly(st.none() | st.just("https://example.com/"), uris),
}


def members(prefix, required=()):
    """An object with the contract's members below the pointer, some of them, and perhaps others."""
    names = [pointer[len(prefix) + 1 :] for pointer in verdicts.FIELDS if pointer.startswith(prefix + "/")]
    known = {name: mostly(GOOD.get(name, st.text(max_size=8)), anything) for name in names if "/" not in name}
    wanted = {name: known.pop(name) for name in required}
    return known, wanted


def objects(prefix, required=()):
    known, wanted = members(prefix, required)
    return st.fixed_dictionaries(wanted, optional={**known, "x": anything})


properties = st.dictionaries(st.text(max_size=6), mostly(scalars, anything), max_size=4)
root_known, root_wanted = members("", ["event"])
events = st.fixed_dictionaries(
    {**root_wanted, "page": mostly(objects("/page", ["href"]), anything)},
    optional={
        **root_known,
        "request": mostly(objects("/request"), anything),
        "sdk": mostly(objects("/sdk"), anything),
        "properties": mostly(properties, anything),
        "x": anything,
    },
)


@st.composite
def without_a_member(draw):
    event = draw(events)
    owner = event["page"] if isinstance(event["page"], dict) and draw(st.booleans()) else event
    if owner:
        owner.pop(draw(st.sampled_from(sorted(owner))))
    return event


def write(event):
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


candidates = mostly(events, without_a_member() | anything).map(write)

SEED = (
    b'{"event":"page_visit","page":{"href":"https://example.com/","title":"caf\xc3\xa9 \\u00e9\\n"},'
    b'"properties":{"a":-1.5e+3,"b":true}, "x":[{},"",0]}'
)
PIECES = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"\\",
    b"\\u",
    b"\\ud800",
    b"0",
    b"-",
    b"1e5",
    b".",
    b"e",
    b"true",
    b"null",
    b" ",
    b"\n",
    b"\0",
    b"\xc3\xa9",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"x",
    b"/",
    b'""',
    b'"a":1',
]


@st.composite
def changed_texts(draw):
    """A valid event with a few pieces of its text replaced."""
    text = SEED
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(text)))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=2))
        text = text[:place] + piece + text[place + draw(st.integers(0, 3)) :]
    return text
