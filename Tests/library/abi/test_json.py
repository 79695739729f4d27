"""Events from JSON and to JSON."""

import ctypes
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.header import constants
from support.library import TPCError, shared
from support.objects import Event

from .fields import VALUES

VISIT = '{"event":"page_visit","page":{"href":"https://example.com/"}%s}'

NOT_JSON = [
    "", " ", "{", "}", "[", '{"event"}', '{"event":}', "{'event':'page_visit'}", "{event:1}", '{"a":1,}', '{"a":1}}',
    '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{"a":1e}', '{"a":NaN}', '{"a":Infinity}', '{"a":True}',
    '{"a":nul}',
    '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"}', '{"a":1} // why', '{"a":1}\0', '\ufeff{"a":1}', '{"a" 1}',
    '{"a":1 "b":2}', "[1 2]", "[1,]", "-", "nan",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_JSON)
def test_what_is_not_json_is_refused_as_such(text):
    with pytest.raises(TPCError) as refused:
        Event.from_json(text)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_JSON", "")
    assert refused.value.message.startswith("found ") and "; expected " in refused.value.message


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
def test_what_is_not_utf_8_is_not_json(bad):
    for text in (b'{"a":"%s"}' % bad, b'{"%s":1}' % bad, bad):
        with pytest.raises(TPCError) as refused:
            Event.from_json(text)
        assert refused.value.name == "TPC_ERROR_INVALID_JSON"


@pytest.mark.parametrize("text", ["1", '"page_visit"', "[]", "null", "true", "-0.5e3"])
def test_json_that_is_not_an_object_is_not_an_event(text):
    with pytest.raises(TPCError) as refused:
        Event.from_json(text)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", "")
    assert refused.value.message.endswith("; expected an object")


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{}", "/event"),
        ('{"page":{"href":"x:y"}}', "/event"),
        ('{"event":"page_visit"}', "/page"),
        ('{"event":"page_visit","page":{}}', "/page/href"),
        ('{"event":"page_visit","page":{"Href":"x:y"}}', "/page/href"),
        ('{"event":"page_visit","page":null}', "/page"),
        ('{"event":"page_visit","page":[]}', "/page"),
        (VISIT % ',"request":null', "/request"),
        (VISIT % ',"sdk":"libtpc"', "/sdk"),
        (VISIT % ',"properties":[1]', "/properties"),
        (VISIT % ',"properties":null', "/properties"),
    ],
)
def test_what_the_contract_misses_or_refuses_is_named_by_its_pointer(text, pointer):
    with pytest.raises(TPCError) as refused:
        Event.from_json(text)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", pointer)


def test_a_refused_event_leaves_no_handle_behind():
    out = ctypes.c_void_p(1)
    assert shared().tpc_event_from_json(b"{", 1, out, None) == constants.TPC_ERROR_INVALID_JSON
    assert out.value is None


def test_members_that_the_contract_does_not_name_are_kept_wherever_they_are():
    text = (
        '{"event":"page_visit","page":{"href":"x:y","lang":"en","deep":{"a":[1,{"b":null}]}},'
        '"request":{"headers":[["a","b"]]},"sdk":{"build":7},"extra":{"":[]},"Event":"other"}'
    )
    with Event.from_json(text) as event:
        assert event.json() == json.loads(text)


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "-0.0",
        "0.10",
        "1e400",
        "-1E+400",
        "1e-400",
        "123456789012345678901234567890",
        "1.000000000000000000001",
        "0.1e1",
        "5E-324",
    ],
)
def test_a_numbers_text_stays_as_it_is(number):
    for text in (
        VISIT % f',"x":{number}',
        VISIT % f',"properties":{{"x":{number}}}',
        VISIT % f',"x":[{{"y":{number}}}]',
    ):
        with Event.from_json(text) as event:
            assert event.text().decode() == text


def test_the_last_of_two_members_with_the_same_name_counts():
    text = (
        '{"event":1,"event":"page_visit","page":{"href":"no URI"},"sessionId":5,"page":{"href":"a:b","href":"x:y"},'
        '"sessionId":null,"x":1,"\\u0078":2,"sessionI\\u0064":"last"}'
    )
    with Event.from_json(text) as event:
        assert event.json() == {"event": "page_visit", "sessionId": "last", "page": {"href": "x:y"}, "x": 2}


def test_names_that_no_utf_8_can_hold_are_told_apart():
    text = VISIT % r',"\ud800":1,"\ud801":2,"properties":{"\udfff":3,"\udffe":4}'
    with Event.from_json(text) as event:
        assert event.json() == json.loads(text)


def test_the_last_one_counts_when_it_is_refused():
    with pytest.raises(TPCError) as refused:
        Event.from_json('{"event":"page_visit","page":{"href":"x:y","href":"no URI"}}')
    assert refused.value.field == "/page/href"


def test_empty_objects_stay_where_they_are_and_are_not_made_up():
    for members in ("", ',"request":{}', ',"sdk":{}', ',"properties":{}', ',"request":{},"sdk":{},"properties":{}'):
        with Event.from_json(VISIT % members) as event:
            assert event.text().decode() == VISIT % members


def test_an_event_from_json_takes_setters_like_any_other():
    with Event.from_json(VISIT % ',"x":1,"sessionId":"a"') as event:
        event.set(constants.TPC_FIELD_SESSION_ID, "b")
        event.set(constants.TPC_FIELD_PAGE_HREF, "x:y")
        assert event.json() == {"event": "page_visit", "sessionId": "b", "page": {"href": "x:y"}, "x": 1}
        event.clear()
        assert event.text() == b'{"event":"page_visit"}'


# ---- Events made up: what comes out is what Python reads in what went in ----

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
nullable_text = st.none() | st.text()
space = st.sampled_from(["", "", " ", "\n\t", "\r "])


@st.composite
def encoded(draw, values):
    return json.dumps(draw(values), ensure_ascii=draw(st.booleans()))


@st.composite
def objects(draw, named, required=(), others=any_json):
    """The text of an object: some of the named members, others of any name, any of them twice, in any order."""
    pairs = []
    for name, values in named.items():
        if name in required or draw(st.booleans()):
            pairs.append((name, draw(values)))
    for name in draw(st.lists(st.text(max_size=6), max_size=3)):
        if name not in named:
            pairs.append((name, draw(encoded(others))))
    pairs = draw(st.permutations(pairs))
    # An earlier member of the same name does not count, whatever it is.
    for name, _ in list(pairs):
        if draw(st.integers(0, 5)) == 0:
            pairs.insert(0, (name, draw(encoded(any_json))))
    members = []
    for name, value in pairs:
        key = json.dumps(name, ensure_ascii=draw(st.booleans()))
        members.append(f"{draw(space)}{key}{draw(space)}:{draw(space)}{value}{draw(space)}")
    return "{" + ",".join(members) + "}"


def texts(pointer):
    return encoded(st.sampled_from(VALUES[pointer]))


page = objects(
    {
        "href": texts("/page/href"),
        "domain": encoded(st.text()),
        "pathname": encoded(st.text()),
        "title": encoded(nullable_text),
        "canonicalUrl": encoded(st.none()) | texts("/page/canonicalUrl"),
    },
    required=("href",),
)
request = objects({name: encoded(nullable_text) for name in ("referrer", "userAgent", "clientIp", "method")})
sdk = objects({name: encoded(st.text()) for name in ("name", "version", "runtime")})
events = objects(
    {
        "event": encoded(st.just("page_visit")),
        "occurredAt": texts("/occurredAt"),
        "eventId": encoded(st.text(min_size=1)),
        "sessionId": encoded(nullable_text),
        "anonymousId": encoded(nullable_text),
        "page": page,
        "request": request,
        "sdk": sdk,
        "properties": objects({}, others=scalars),
    },
    required=("event", "page"),
)


def exact(text):
    """What a text says, with its numbers as they are written."""
    return json.loads(text, parse_float=lambda number: ("number", number), parse_int=lambda number: ("number", number))


@given(events)
def test_what_comes_out_is_what_went_in(text):
    with Event.from_json(text) as event:
        out = event.text().decode()
        assert exact(out) == exact(text)
        event.validate()
    with Event.from_json(out) as again:
        assert again.text().decode() == out


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_text_is_taken_that_python_does_not_read_as_an_event(text):
    try:
        with Event.from_json(text) as event:
            event.validate()
    except TPCError as refused:
        assert refused.name in ("TPC_ERROR_INVALID_JSON", "TPC_ERROR_INVALID_EVENT")
        return
    assert json.loads(text)["event"] == "page_visit"
