# SPDX-License-Identifier: Apache-2.0
"""RFC 8259: texts that are JSON and texts that are not, each as an event or in one."""

from candidate import Candidate, event

NUMBERS = """0 -0 0.0 -0.0 1 -1 10 123456789 0.5 -0.5 1.0 1.000 1e0 1E0 1e1 1e+1 1e-1 1E+01 1e00 -1e-1 0e0 0e999 0.1e1 1.5e300
    1e308 1e309 1e400 -1e400 1e-400 1e999999999999 9007199254740993 9223372036854775807 9223372036854775808
    -9223372036854775809 18446744073709551616 123456789012345678901234567890 0.1234567890123456789012345678901234567890
    0.30000000000000004 5e-324""".split()

NOT_NUMBERS = """01 -01 00 -00 007 +1 +0 .5 -.5 . - -- --1 -+1 +-1 1. 1.e1 1.+1 -1. 1e 1E 1e+ 1e- 1e+- 1e1.5 1e1e1 1ee1 e1 E1
    0x10 0X1F 0b1 0o7
    1_000 1,5 1.2.3 1..2 1' 1f 1n 1L 1i ++1 1+1 1-1 1/2 \u0661 \uff11 1\u0660 \u221e 1e\u0661 NaN nan -NaN Infinity
    -Infinity +Infinity inf -inf 1#INF $1 1% 0.e1 -e1 0e 0E+ -0.""".split()

NOT_VALUES = """True TRUE tRue False FALSE Null NULL nil None undefined void tru truee t f n fals nul nulll truefalse
    'text' `text` text \\u0022text\\u0022 /text/ <x> (1) () @ # & * = ; : , " \\ ? ! ~ ^ | % $""".split() + [
    "", "true false", "1 2", "'a\"", "\"a'", "// c", "/* c */ 1", "1 // c", "1 /* c */", "# c", "<!-- c --> 1",
    "\"a\" \"b\"", "\"a\"\"b\"",
    "\"a\" + \"b\"", "new Date()", "f(1)", "b\"a\"", "u\"a\"", "r\"a\"", "\"\"\"a\"\"\"", "\u201ca\u201d",
    "\u00aba\u00bb",
]  # fmt: skip

CONTAINERS = [
    "[]",
    "[ ]",
    "{}",
    "{ }",
    "[[]]",
    "[{}]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[null]",
    '{"":1}',
    '{"a":{"b":[]}}',
    '{"a":1,"a":2}',
    '["",{"":[]}]',
]

NOT_CONTAINERS = [
    "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1:2]", "[1}", "[}", "[[]",
    "[]]", "[1]]", "[\"a\"", "[\"a",
    "[\"a,1]", "[1,[2]", "[...]", "[1,...]", "[a]", "[-]", "[1.]", "[*]", "[\"a\":1]", "[:1]", "[1,\n2,\n]",
    "{,}", "{:}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,\"a\":1}", "{\"a\":1,,\"b\":2}", "{\"a\" 1}", "{\"a\",1}",
    "{\"a\"=1}", "{\"a\"=>1}",
    "{\"a\"::1}", "{\"a\":1 \"b\":2}", "{\"a\":1;\"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{true:1}",
    "{[]:1}", "{{}:1}", "{\"a\":1",
    "{\"a\":", "{\"a\"", "{\"a", "{\"a\":1]", "{]", "{\"a\":{}", "{\"a\":}}", "{}}", "{{}}", "{\"a\":1}}",
    "{\"a\":1 2}", "{\"a\":1:2}",
    "{\"a\"\"b\":1}", "{\"a\":\"b\" \"c\"}", "{1}", "{\"a\":a}", "{...}", "{\"a\":1,\"b\"}", "{\"a\",\"b\"}",
]  # fmt: skip

STRINGS = [
    '""', '" "', '"a"', '"\\u0000"', '"\\u001f"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u00E9"', '"\\uFFFF"',
    '"\\ud83d\\ude00"', '"\\ud800"',
    '"\\udfff"', '"\\ud800\\ud800"', '"\\udc00\\ud800"', '"\\ud800a"', '"\\ud800\\u0041"', '"\\uDbFf\\uDfFf"', '"\x7f"',
    '"\u0080"', '"\u2028\u2029"',
    '"\ufeff"', '"\ufffe\uffff"', '"\U0010ffff"', '"/"', '"\'"', '"\\\\u0041"', '"{[:,]}"', '"// no comment"', '"null"',
    '"\u0e33\u0301"',
]  # fmt: skip

NOT_STRINGS = [
    '"', '"a', '"\\', '"\\"', '"\\\\\\"', '"a"b"', '"\\x41"', '"\\a"', '"\\v"', '"\\0"', '"\\1"', '"\\e"', '"\\\'"',
    '"\\ "', '"\\\n"', '"\\U00000041"',
    '"\\u"', '"\\u0"', '"\\u00"', '"\\u004"', '"\\u004g"', '"\\uzzzz"', '"\\u{41}"', '"\\u+041"', '"\\u 041"',
    '"\\u-041"', '"\\u00é0"',
    '"\\ud83d\\u"', '"\\ud83d\\ude0"', '"\\N{DASH}"', '"\\\u00e9"', '"\\\x00"',
]  # fmt: skip

WHITESPACE = [" ", "\t", "\n", "\r", "\r\n", " \t\n\r "]
NOT_WHITESPACE = [
    "\x00",
    "\x01",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1f",
    "\x7f",
    "\u0085",
    "\u00a0",
    "\u1680",
    "\u2003",
    "\u2028",
    "\u2029",
    "\u200b",
    "\u3000",
    "\ufeff",
]

# A valid event as its tokens.
TOKENS = [
    "{",
    '"event"',
    ":",
    '"page_visit"',
    ",",
    '"page"',
    ":",
    "{",
    '"href"',
    ":",
    '"x:"',
    "}",
    ",",
    '"properties"',
    ":",
    "{",
    '"a"',
    ":",
    "1",
    ",",
    '"b"',
    ":",
    "null",
    "}",
    "}",
]


def _values():
    """Whether each text is a JSON value."""
    for texts, valid in (
        (NUMBERS, True), (STRINGS, True), (CONTAINERS, True), (["true", "false", "null"], True),
        (NOT_NUMBERS, False), (NOT_VALUES, False), (NOT_STRINGS, False), (NOT_CONTAINERS, False),
    ):  # fmt: skip
        for text in texts:
            yield text, valid
    for control in range(0x20):
        yield f'"a{chr(control)}b"', False
        yield f'"\\u{control:04x}"', True
    for number in (1, 2, 10, 100, 509):
        yield "[" * number + "]" * number, True
        yield '{"a":' * number + "1" + "}" * number, True
        yield "[" * number + "]" * (number - 1), False
        yield "[" * (number - 1) + "]" * number, False
    yield "[" * 5000, False
    yield '{"a":' * 1000, False


def candidates():
    for text, valid in _values():
        name = f"{text[:40]!a}"
        # A value alone is no event; an object is one that lacks its first member.
        yield Candidate(f"alone: {name}", text, False, "/event" if valid and text.startswith("{") else "")
        yield Candidate(f"unknown member: {name}", event({"/x": text}), valid)
    for text in NUMBERS:
        yield Candidate(f"property: {text}", event({"/properties/n": text}), True)
        yield Candidate(f"array of {text}", event({"/page/x": f"[{text},{text}]"}), True)
    for text in NOT_NUMBERS:
        yield Candidate(f"property: {text!a}", event({"/properties/n": text}), False)
    yield from _around_tokens()
    yield from _changed_tokens()
    yield from _whole_texts()


def _around_tokens():
    for place in range(len(TOKENS) + 1):
        before, after = "".join(TOKENS[:place]), "".join(TOKENS[place:])
        for space in WHITESPACE:
            yield Candidate(f"{space!a} before token {place}", before + space + after, True)
        for foreign in NOT_WHITESPACE:
            # What stands before or behind the whole text is as foreign as what stands within it.
            yield Candidate(f"{foreign!a} before token {place}", before + foreign + after, False)


def _changed_tokens():
    for place in range(len(TOKENS)):
        before, after = TOKENS[:place], TOKENS[place + 1 :]
        yield Candidate(f"without token {place}", "".join(before + after), False)
        yield Candidate(f"token {place} twice", "".join(before + [TOKENS[place]] * 2 + after), TOKENS[place] == "1", "")
        for foreign in (",", ":", "{", "}", "[", "]", '"', "'", "\\", "/", "true", "x", ";", "{}", "[]", '""'):
            yield Candidate(
                f"{foreign} before token {place}", "".join(before + [foreign, TOKENS[place]] + after), False
            )
    text = "".join(TOKENS)
    for length in range(len(text)):
        yield Candidate(f"cut at {length}", text[:length], False)


def _whole_texts():
    text = event()
    yield Candidate("nothing", "", False)
    for name, encoding in (
        ("UTF-16", "utf-16"),
        ("UTF-16LE", "utf-16-le"),
        ("UTF-16BE", "utf-16-be"),
        ("UTF-32", "utf-32"),
    ):
        yield Candidate(name, text.encode(encoding), False)
    yield Candidate("byte order mark", b"\xef\xbb\xbf" + text.encode(), False)
    yield Candidate("byte order mark behind", text.encode() + b"\xef\xbb\xbf", False)
    yield Candidate("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(), False)
    yield Candidate("half a byte order mark", b"\xef\xbb" + text.encode(), False)
    for behind in ("\x00", "\x00\x00", text, "," + text, "\n" + text, "\x1e", ";", "//", "x", "null", "{}", "]", "}"):
        yield Candidate(f"followed by {behind[:10]!a}", text + behind, False)
    for before in ("\x00", "\x1e", "[", "(", ")]}',\n", "while(1);", "var x=", "data: "):
        yield Candidate(f"preceded by {before!a}", before + text, False)
    yield Candidate("in an array", f"[{text}]", False)
    yield Candidate("in a string", '"' + text.replace('"', '\\"') + '"', False)
    yield Candidate("in single quotes", text.replace('"', "'"), False)
    yield Candidate("in capitals", text.upper(), False, "/event")
    yield Candidate("spaces alone", " " * 1000, False)
