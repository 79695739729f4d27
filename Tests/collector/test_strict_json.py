"""JSON is RFC 8259's."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tpc_collector.strict_json import NotJSON, parse

BAD = [
    b"", b" ", b"{", b"}", b"[", b"[1,]", b'{"a":1,}', b"{,}", b"{a:1}", b"{'a':1}", b'{"a" 1}', b'{"a":}', b'{"a"}', b"[1 2]",
    b"1 2", b"{}{}", b"{}\x00", b"\x00{}", b"nul", b"True", b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"+1", b"01", b"-01", b"1.",
    b".5", b"1e", b"1e+", b"-", b"0x1", b"1_000", b"--1", b"//\n1", b"/**/1", b"\x0b1", b"\x0c1", b"\xc2\xa01", b'"', b'"\n"', b'"\t"',
    b'"\x00"', b'"\x1f"', b'"\\x41"', b'"\\u12"', b'"\\u12g4"', b'"\\U00000041"', b'"\\\'"', b'"\\', b'"\xff"', b'"\xc0\xaf"', b'"\xe0\x80\xaf"',
    b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"', b"\xef\xbb\xbf1", b"\xff\xfe1\x00", b"1\x00", b"\x001", "\u0661".encode(),
]  # fmt: skip

GOOD = [
    (b"1", 1), (b" \t\r\n1 \t\r\n", 1), (b"null", None), (b'"\\ud800"', "\ud800"), (b'"\\ude00\\ud83d"', "\ude00\ud83d"),
    (b'"\\ud83d\\ude00"', "\U0001f600"), (b'"\\u0000"', "\x00"), (b'"\x7f"', "\x7f"), (b'"\\/\\b\\f"', "/\b\f"),
    (b'{"a":1,"a":2}', {"a": 2}), (b'{"":{}}', {"": {}}), (b"-0", 0), (b"-0.0e-0", 0), (b"1e400", math.inf), (b"1E+2", 100),
    (b"123456789012345678901234567890", 123456789012345678901234567890), (b"9" * 5000, math.inf), (b"\"\xef\xbb\xbf\"", "\ufeff"),
    ("\"\u2028\U0010ffff\"".encode(), "\u2028\U0010ffff"),
]  # fmt: skip


@pytest.mark.parametrize("body", BAD)
def test_what_is_not_json_is_refused(body):
    with pytest.raises(NotJSON):
        parse(body)


def test_a_byte_order_mark_is_named():
    with pytest.raises(NotJSON, match="byte order mark"):
        parse(b"\xef\xbb\xbf{}")


@pytest.mark.parametrize(("body", "value"), GOOD)
def test_what_is_json_has_its_value(body, value):
    assert parse(body) == value


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans())
def test_every_value_comes_back_from_its_text(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse(text.encode("utf-8")) == value


@given(st.binary())
def test_any_bytes_have_a_verdict(body):
    try:
        parse(body)
    except NotJSON:
        pass
