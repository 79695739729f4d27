"""The members of /properties: their types, their keys, their text as JSON."""

import json
import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.library import TPCError, shared
from support.objects import Event


@pytest.fixture
def event():
    with Event("https://example.com/") as made:
        yield made


def written(event):
    """The text of the properties' object."""
    return event.text().decode().partition('"properties":')[2][:-1]


NUMBERS = {
    0.1: "0.1",
    1.0: "1",
    -0.0: "-0",
    100.25: "100.25",
    1e300: "1e+300",
    5e-324: "5e-324",
    1.7976931348623157e308: "1.7976931348623157e+308",
    9007199254740993.0: "9007199254740992",
    1 / 3: "0.3333333333333333",
    # The numbers around a power of two are not equally far away.
    2.0**-44: "5.684341886080802e-14",
    2.0**-25: "2.9802322387695312e-8",
    2.2250738585072014e-308: "2.2250738585072014e-308",
    1e16: "1e+16",
    1e23: "1e+23",
    0.0001: "0.0001",
    -0.00001: "-1e-5",
    123456.75: "123456.75",
}


@pytest.mark.parametrize("value", NUMBERS)
def test_a_number_is_written_as_the_shortest_text_that_reads_back_the_same(value, event):
    event.set_property("n", value)
    assert written(event) == f'{{"n":{NUMBERS[value]}}}'
    read = json.loads(written(event), parse_int=float)["n"]
    assert struct.pack("<d", read) == struct.pack("<d", value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_comes_back_bit_by_bit(value):
    with Event("x:y") as event:
        event.set_property("n", value)
        read = json.loads(event.text(), parse_int=float)["properties"]["n"]
    assert struct.pack("<d", read) == struct.pack("<d", value)


@pytest.mark.parametrize("value", [math.nan, -math.nan, math.inf, -math.inf])
def test_a_number_that_json_cannot_write_is_refused(value, event):
    event.set_property("n", 1.5)
    with pytest.raises(TPCError) as refused:
        event.set_property("n", value)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", "/properties/n")
    assert written(event) == '{"n":1.5}'


@pytest.mark.parametrize("value", [0, 1, -1, 2**53 + 1, 2**63 - 1, -(2**63)])
def test_an_integer_is_written_in_full(value, event):
    event.set_property("n", value)
    assert written(event) == f'{{"n":{value}}}'


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_comes_back(value):
    with Event("x:y") as event:
        event.set_property("n", value)
        assert event.json()["properties"]["n"] == value


@given(st.text(), st.text())
def test_every_text_comes_back_as_key_and_as_value(key, value):
    with Event("x:y") as event:
        event.set_property(key, value)
        assert event.json()["properties"] == {key: value}


def test_a_boolean_is_true_unless_it_is_0(event):
    for number, expected in ((0, False), (1, True), (-1, True), (256, True), (2**31 - 1, True)):
        assert shared().tpc_event_set_boolean_property(event.handle, b"b", 1, number, None) == 0
        assert event.json()["properties"] == {"b": expected}


def test_a_key_that_is_set_again_has_the_last_value_whatever_its_type(event):
    values = ["text", 1, 1.5, True, None, "", "last"]
    for value in values:
        event.set_property("k", value)
        event.set_property("other", "stays")
        assert event.json()["properties"] == {"k": value, "other": "stays"}
    assert written(event).count('"k"') == 1


def test_keys_that_differ_in_escapes_only_are_one():
    text = '{"event":"page_visit","page":{"href":"x:y"},"properties":{"a\\u002Fb":1,"a\\/b":2,"\\u0061/b":3}}'
    with Event.from_json(text) as event:
        assert event.json()["properties"] == {"a/b": 3}
        event.set_property("a/b", 4)
        assert event.json()["properties"] == {"a/b": 4}
        assert event.text().count(b":4") == 1 and b":3" not in event.text()


@pytest.mark.parametrize("key", ["", "a.b", "\x00", '\n"\\/', "日本", "🦊", "__proto__", "href"])
def test_any_text_is_a_key(key, event):
    event.set_property(key, 1)
    assert event.json()["properties"] == {key: 1}


@pytest.mark.parametrize("bad", [b"\xff", b"a\xc3"])
@pytest.mark.parametrize("value", ["text", b"\xff", 1, 1.5, math.nan, True, None])
def test_a_key_that_is_not_utf_8_is_refused_with_an_error_that_can_be_read(bad, value, event):
    with pytest.raises(TPCError) as refused:
        event.set_property(bad, value)
    assert refused.value.name == "TPC_ERROR_INVALID_EVENT"
    assert refused.value.field.startswith("/properties")
    assert "properties" not in event.json()


def test_a_value_that_is_not_utf_8_is_refused_by_its_pointer(event):
    for key, pointer in (("k", "/properties/k"), ("a/b~c", "/properties/a~1b~0c"), ("ü", "/properties/ü")):
        with pytest.raises(TPCError) as refused:
            event.set_property(key, b"\xff")
        assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", pointer)
    assert "properties" not in event.json()


@pytest.mark.parametrize("value", ["{}", "[]", '{"a":1}', "[1]"])
def test_json_with_a_property_that_is_not_a_scalar_is_refused(value):
    with pytest.raises(TPCError) as refused:
        Event.from_json('{"event":"page_visit","page":{"href":"x:y"},"properties":{"ok":1,"a/b":%s}}' % value)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", "/properties/a~1b")
    assert refused.value.message.endswith("; expected a string, a number, a boolean or null")


def test_json_properties_and_set_properties_are_kept_together():
    with Event.from_json(
        '{"event":"page_visit","page":{"href":"x:y"},"properties":{"a":1,"b":[]},"properties":{"a":2}}'
    ) as event:
        event.set_property("c", "3")
        assert event.json()["properties"] == {"a": 2, "c": "3"}


def test_empty_properties_stay_empty_properties():
    with Event.from_json('{"event":"page_visit","page":{"href":"x:y"},"properties":{}}') as event:
        assert event.json()["properties"] == {}
