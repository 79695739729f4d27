# SPDX-License-Identifier: Apache-2.0
"""The contract's schema: every type in every field, what has to be there, duplicates, unknown members, and which flaw is the
first."""

from candidate import HREF, Candidate, event, quoted

ANY_TEXT = (
    '""',
    '" "',
    '"text"',
    '"null"',
    '"0"',
    '"\\u0000"',
    '"\\ud800"',
    '"caf\u00e9 \U0001f600"',
    '"a\\n\\t\\"\\\\\\/b"',
    quoted("x" * 300),
)
DATE_TIMES = ('"2026-11-23T10:00:00Z"', '"2026-11-23T10:00:00.000+01:00"')
URIS = (HREF, '"urn:x"')

# The fields in the contract's order: the texts that each takes, the texts that it refuses, and whether it takes null.
FIELDS = {
    "/event": (
        ('"page_visit"', '"\\u0070age_visit"', '"page\\u005Fvisit"'),
        ('""', '"page_view"', '"Page_Visit"', '"PAGE_VISIT"', '" page_visit"', '"page_visit "', '"page-visit"',
        '"page_visi"', '"page_visits"',
         '"page_visit\\u0000"', '"page_visit\\n"', '"pagevisit"', '"p\u0430ge_visit"', '"\\"page_visit\\""'),
        False,
    ),
    "/occurredAt": (DATE_TIMES, ('""', '"now"', '"2026-11-23"'), False),
    "/eventId": (ANY_TEXT[1:], ('""',), False),
    "/sessionId": (ANY_TEXT, (), True),
    "/anonymousId": (ANY_TEXT, (), True),
    "/page/href": (URIS, ('""', '"/page"', '"https://example.com/a b"'), False),
    "/page/domain": (ANY_TEXT, (), False),
    "/page/pathname": (ANY_TEXT, (), False),
    "/page/title": (ANY_TEXT, (), True),
    "/page/canonicalUrl": (URIS, ('""', '"/page"', '"https://example.com/a b"'), True),
    "/request/referrer": (ANY_TEXT, (), True),
    "/request/userAgent": (ANY_TEXT, (), True),
    "/request/clientIp": (ANY_TEXT, (), True),
    "/request/method": (ANY_TEXT, (), True),
    "/sdk/name": (ANY_TEXT, (), False),
    "/sdk/version": (ANY_TEXT, (), False),
    "/sdk/runtime": (ANY_TEXT, (), False),
}  # fmt: skip
REQUIRED = ("/event", "/page", "/page/href")
OBJECTS = ("/page", "/request", "/sdk", "/properties")

NO_TEXTS = (
    "true",
    "false",
    "0",
    "1",
    "-1.5",
    "1e400",
    "123456789012345678901234567890",
    "[]",
    "[null]",
    '["text"]',
    '["page_visit"]',
    "{}",
    '{"a":"b"}',
    "[[]]",
)
NO_OBJECTS = (
    "null",
    "true",
    "false",
    "0",
    "1.5",
    '""',
    '"text"',
    '"{}"',
    "[]",
    "[{}]",
    '[{"href":"x:"}]',
    '["href","x:"]',
)

PROPERTY_VALUES = (
    "null",
    "true",
    "false",
    *ANY_TEXT,
    "0",
    "-0",
    "1.5",
    "-1e-7",
    "1e400",
    "123456789012345678901234567890",
    '"[]"',
    '"{}"',
)
NO_PROPERTY_VALUES = ("[]", "{}", "[1]", '["a"]', '{"a":1}', "[null]", "[[[]]]", '{"":{}}')
# A key as JSON text between quotes, and its part of a pointer (RFC 6901).
KEYS = {
    "a": "a", "": "", " ": " ", "/": "~1", "~": "~0", "a/b": "a~1b", "m~n": "m~0n", "~1": "~01", "~0": "~00",
    "//": "~1~1", "0": "0", "-": "-",
    "$ref": "$ref", "__proto__": "__proto__", "constructor": "constructor", "event": "event", "page": "page",
    "href": "href", "a.b": "a.b",
    "a\\u002fb": "a~1b", "\\u007e": "~0", "\\u0061": "a", "caf\u00e9": "caf\u00e9", "\u65e5\u672c": "\u65e5\u672c",
    "\\u00e9": "\u00e9",
    "\\\"": '"', "\\\\": "\\", "%2F": "%2F", "a b": "a b", "\\ud83d\\ude00": "\U0001f600", "k" * 40: "k" * 40,
}  # fmt: skip

UNKNOWN_VALUES = (
    "null",
    "true",
    "0",
    "1e400",
    '""',
    "[]",
    "{}",
    '[{"a":[null,{}]}]',
    '{"event":"x","href":1}',
    '"\\ud800"',
)
UNKNOWN_NAMES = (
    "x",
    "Event",
    "EVENT",
    "event ",
    " event",
    "eventid",
    "occurred_at",
    "HREF",
    "href2",
    "\\u0000",
    "a/b",
    "",
    "properties2",
    "$schema",
    "caf\u00e9",
)


def candidates():
    yield from _types()
    yield from _required()
    yield from _properties()
    yield from _duplicates()
    yield from _unknown()
    yield from _first_flaws()


def _types():
    for pointer, (good, bad, nullable) in FIELDS.items():
        for value in good:
            yield Candidate(f"{pointer} {value[:40]!a}", event({pointer: value}), True)
        for value in (*bad, *NO_TEXTS):
            yield Candidate(f"{pointer} {value[:40]!a}", event({pointer: value}), False, pointer)
        yield Candidate(f"{pointer} null", event({pointer: "null"}), nullable, "" if nullable else pointer)
    for pointer in OBJECTS:
        for value in NO_OBJECTS:
            yield Candidate(f"{pointer} {value!a}", event({pointer: value}), False, pointer)
        if pointer != "/page":
            for value in ("{}", "{ }", '{"x":1}'):
                yield Candidate(f"{pointer} {value}", event({pointer: value}), True)
    for root in ("null", "true", "false", "0", '""', '"page_visit"', "[]", "[{}]", "[" + event() + "]"):
        yield Candidate(f"root {root!a}", root, False)


def _required():
    for pointer in REQUIRED:
        yield Candidate(f"without {pointer}", event({pointer: None}), False, pointer)
    yield Candidate("page without members", event({"/page": "{}"}), False, "/page/href")
    yield Candidate(
        "page with all but href",
        event({"/page": '{"domain":"a","pathname":"/","title":null,"canonicalUrl":null}'}),
        False,
        "/page/href",
    )
    yield Candidate("href in capitals", event({"/page": '{"HREF":"x:"}'}), False, "/page/href")
    yield Candidate("href beside page", '{"event":"page_visit","href":"x:"}', False, "/page")
    yield Candidate("no members", "{}", False, "/event")
    yield Candidate("event alone", '{"event":"page_visit"}', False, "/page")
    everything = {pointer: good[0] for pointer, (good, _, _) in FIELDS.items()}
    everything["/properties"] = '{"a":"b","c":1,"d":true,"e":null}'
    yield Candidate("every field", event(everything), True)
    for pointer in everything:
        rest = {other: value for other, value in everything.items() if other != pointer}
        if pointer in REQUIRED:
            rest[pointer] = None
        yield Candidate(
            f"every field but {pointer}", event(rest), pointer not in REQUIRED, pointer if pointer in REQUIRED else ""
        )
    nulls = {pointer: "null" for pointer, (_, _, nullable) in FIELDS.items() if nullable}
    yield Candidate("null wherever it is allowed", event(nulls), True)


def _properties():
    for value in PROPERTY_VALUES:
        yield Candidate(f"property {value[:40]!a}", event({"/properties": '{"a":' + value + "}"}), True)
    for value in NO_PROPERTY_VALUES:
        yield Candidate(f"property {value!a}", event({"/properties": '{"a":' + value + "}"}), False, "/properties/a")
        yield Candidate(
            f"last property {value!a}",
            event({"/properties": '{"a":1,"b":null,"c":' + value + "}"}),
            False,
            "/properties/c",
        )
    for key, step in KEYS.items():
        for value, valid in {"1": True, "null": True, "{}": False, "[]": False}.items():
            text = event({"/properties": '{"' + key + '":' + value + "}"})
            yield Candidate(f"property {key[:40]!a}: {value}", text, valid, "" if valid else "/properties/" + step)
    yield Candidate(
        "200 properties", event({"/properties": "{" + ",".join(f'"k{n}":{n}' for n in range(200)) + "}"}), True
    )


def _duplicates():
    """Of members with the same name the last one counts, for JavaScript's, Python's and PHP's readers alike."""
    for pointer, (good, bad, nullable) in FIELDS.items():
        outer, name = pointer.rsplit("/", 1)
        for wrong in (*bad[:2], "1", "{}", *([] if nullable else ["null"])):
            for escaped in (name, f"\\u{ord(name[0]):04x}" + name[1:]):
                first_wrong = f'"{name}":{wrong},"{escaped}":{good[0]}'
                last_wrong = f'"{escaped}":{good[0]},"{name}":{wrong}'
                yield Candidate(f"{pointer} {wrong}, then good", _with_members(outer, name, first_wrong), True)
                yield Candidate(f"{pointer} good, then {wrong}", _with_members(outer, name, last_wrong), False, pointer)
    for pointer in OBJECTS:
        name = pointer[1:]
        good = '{"href":"x:"}' if name == "page" else "{}"
        for wrong in ("null", "[]", '"x"'):
            yield Candidate(
                f"{pointer} {wrong}, then good", _with_members("", name, f'"{name}":{wrong},"{name}":{good}'), True
            )
            yield Candidate(
                f"{pointer} good, then {wrong}",
                _with_members("", name, f'"{name}":{good},"{name}":{wrong}'),
                False,
                pointer,
            )
    # Objects of the same name are not merged.
    yield Candidate(
        "page with href, then without",
        _with_members("", "page", '"page":{"href":"x:"},"page":{"title":"a"}'),
        False,
        "/page/href",
    )
    yield Candidate(
        "page without href, then with", _with_members("", "page", '"page":{"title":1},"page":{"href":"x:"}'), True
    )
    yield Candidate("properties bad, then good", event({"/properties": '{"a":{}}'})[:-1] + ',"properties":{}}', True)
    yield Candidate(
        "properties good, then bad",
        event({"/properties": "{}"})[:-1] + ',"properties":{"a":[]}}',
        False,
        "/properties/a",
    )
    yield Candidate("sdk bad, then empty", event({"/sdk": '{"name":1}'})[:-1] + ',"sdk":{}}', True)
    yield Candidate(
        "request bad, then good", event({"/request": '{"method":1}'})[:-1] + ',"request":{"method":"GET"}}', True
    )
    for wrong in NO_PROPERTY_VALUES[:4]:
        for key in ("a", "\\u0061"):
            yield Candidate(f"property {wrong}, then good", event({"/properties": f'{{"a":{wrong},"{key}":1}}'}), True)
            yield Candidate(
                f"property good, then {wrong}",
                event({"/properties": f'{{"{key}":1,"a":{wrong}}}'}),
                False,
                "/properties/a",
            )
    yield Candidate("unknown member twice", event()[:-1] + ',"x":[1],"x":{}}', True)


def _with_members(outer, name, members):
    """The smallest event in which `members` replaces the member `name` of the object `outer`."""
    if outer == "":
        rest = {"event": '"event":"page_visit"', "page": '"page":{"href":"x:"}'}
        rest.pop(name, None)
        return "{" + ",".join([*rest.values(), members]) + "}"
    inner = members if name == "href" or outer != "/page" else '"href":"x:",' + members
    return event({outer: "{" + inner + "}"})


def _unknown():
    for outer in ("", "/page", "/request", "/sdk"):
        for name in UNKNOWN_NAMES:
            before = event() if outer in ("", "/page") else event({outer + "/x": "0"})
            member = f',"{name}":'
            for value in UNKNOWN_VALUES[:: 1 if name == "x" else 4]:
                # Behind the object's last member.
                text = before[:-1] + member + value + "}" if outer == "" else before[:-2] + member + value + "}}"
                yield Candidate(f"{outer}/{name!a} {value!a}", text, True)
    yield Candidate("unknown member first", '{"x":[],' + event()[1:], True)
    yield Candidate(
        "fields in reverse", '{"properties":{},"sdk":{},"request":{},"page":{"href":"x:"},"event":"page_visit"}', True
    )
    yield Candidate(
        "names of other objects",
        event({"/href": "1", "/name": "{}", "/page/event": "[]", "/sdk/properties": "{}"}),
        True,
    )


def _first_flaws():
    """Of two flaws the one is named whose field comes first in the contract, wherever they are in the text."""
    order = [*list(FIELDS)[:5], "/page/href", *list(FIELDS)[6:], "/properties"]
    for first, earlier in enumerate(order):
        for later in order[first + 1 :]:
            # Set in this order, so that the later field stands first where the event does not have them yet.
            yield Candidate(f"{earlier} before {later}", event({later: "[1]", earlier: "[1]"}), False, earlier)
    for pointer in ("/occurredAt", "/page/title", "/sdk/name", "/properties"):
        yield Candidate(f"no event, and {pointer}", event({"/event": None, pointer: "[1]"}), False, "/event")
    for pointer in ("/request/method", "/sdk/name", "/properties"):
        yield Candidate(f"no page, and {pointer}", event({"/page": None, pointer: "[1]"}), False, "/page")
        yield Candidate(f"page null, and {pointer}", event({pointer: "[1]", "/page": "null"}), False, "/page")
    yield Candidate("no href, and a wrong title", event({"/page": '{"title":1}'}), False, "/page/href")
    yield Candidate("no event, no page", '{"eventId":1}', False, "/event")
    yield Candidate("wrong eventId, no page", '{"event":"page_visit","eventId":1}', False, "/eventId")
