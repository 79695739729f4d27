"""Every field of the contract, through the setters and through JSON."""

import ctypes
import json

import pytest
from support.header import NTS, NULL, constants
from support.library import ErrorRecord, TPCError, shared
from support.objects import Event

from .fields import BY_POINTER, FIELDS, REFUSED, values_of

each_field = pytest.mark.parametrize("field", FIELDS, ids=str)
nullable = pytest.mark.parametrize("field", [field for field in FIELDS if field.takes_null], ids=str)
not_nullable = pytest.mark.parametrize("field", [field for field in FIELDS if not field.takes_null], ids=str)


@pytest.fixture
def event():
    with Event() as made:
        yield made


def test_a_new_event_has_no_field_but_its_kind(event):
    assert event.text() == b'{"event":"page_visit"}'


@each_field
def test_a_field_that_is_set_appears_where_it_belongs_and_is_replaced(field, event):
    for value in values_of(field):
        event.set(field.number, value)
        assert field.value_in(event.json()) == value
    if field.pointer != "/event":
        expected = field.inside(values_of(field)[1])
        if field.pointer != "/page/href":
            del expected["page"]["href"]
        if not expected["page"]:
            del expected["page"]
        assert event.json() == expected


@each_field
def test_a_field_stays_absent_until_it_is_set_and_again_after_clear(field, event):
    def is_there():
        try:
            field.value_in(event.json())
        except KeyError:
            return False
        return True

    assert is_there() is (field.pointer == "/event")
    event.set(field.number, values_of(field)[0])
    assert is_there()
    event.clear()
    assert event.text() == b'{"event":"page_visit"}'


@nullable
def test_a_field_that_takes_null_is_null_until_it_is_set_again(field, event):
    value = values_of(field)[0]
    event.set(field.number, value)
    event.set_null(field.number)
    assert field.value_in(event.json()) is None
    event.set(field.number, value)
    assert field.value_in(event.json()) == value


@not_nullable
def test_a_field_that_takes_no_null_keeps_its_value(field, event):
    value = values_of(field)[0]
    event.set(field.number, value)
    with pytest.raises(TPCError) as refused:
        event.set_null(field.number)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", field.pointer)
    assert refused.value.message == "found null; expected a string"
    assert field.value_in(event.json()) == value


@pytest.mark.parametrize("pointer", REFUSED)
def test_a_refused_value_leaves_the_field_as_it_was(pointer, event):
    field = BY_POINTER[pointer]
    event.set(field.number, values_of(field)[0])
    before = event.text()
    for value in REFUSED[pointer]:
        with pytest.raises(TPCError) as refused:
            event.set(field.number, value)
        assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", pointer)
        assert "; expected " in refused.value.message
        assert event.text() == before


@each_field
@pytest.mark.parametrize("value", [b"\xff", b"a\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"])
def test_text_that_is_not_utf_8_is_refused(field, value, event):
    with pytest.raises(TPCError) as refused:
        event.set(field.number, value)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", field.pointer)


@each_field
def test_json_is_read_and_written_with_the_field_as_it_was(field):
    values = [*values_of(field), None] if field.takes_null else values_of(field)
    for value in values:
        for ascii_only in (True, False):
            text = json.dumps(field.inside(value), ensure_ascii=ascii_only)
            with Event.from_json(text) as event:
                assert event.json() == json.loads(text)


OTHER_TYPES = {"1": "a number", "true": "true", "false": "false", "[]": "an array", "{}": "an object", "null": "null"}


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field in FIELDS for value in OTHER_TYPES if value != "null" or not field.takes_null],
    ids=str,
)
def test_json_of_another_type_is_refused(field, value):
    expected = "a string or null" if field.takes_null else "a string"
    with pytest.raises(TPCError) as refused:
        Event.from_json(json.dumps(field.inside(json.loads(value))))
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", field.pointer)
    assert refused.value.message == f"found {OTHER_TYPES[value]}; expected {expected}"


@pytest.mark.parametrize("pointer", REFUSED)
def test_json_is_refused_where_the_setter_refuses(pointer):
    for value in REFUSED[pointer]:
        with pytest.raises(TPCError) as refused:
            Event.from_json(json.dumps(BY_POINTER[pointer].inside(value)))
        assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", pointer)


@pytest.mark.parametrize("number", [-1, 17, 2**31 - 1, -(2**31)])
def test_a_number_without_a_field_is_an_invalid_argument(number, event):
    for call in (lambda: event.set(number, "x"), lambda: event.set_null(number)):
        with pytest.raises(TPCError) as refused:
            call()
        assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_ARGUMENT", "field")


def test_validate_misses_the_href_alone(event):
    for field in FIELDS:
        if field.pointer == "/page/href":
            continue
        event.set(field.number, values_of(field)[0])
        with pytest.raises(TPCError) as missing:
            event.validate()
        assert (missing.value.name, missing.value.field) == ("TPC_ERROR_INVALID_EVENT", "/page/href")
        assert missing.value.message.startswith("is missing; expected ")
    event.set(constants.TPC_FIELD_PAGE_HREF, "https://example.com/")
    event.validate()


class TestSettingFieldsAtOnce:
    def test_every_field_is_set(self, event):
        event.set_fields({field.number: values_of(field)[0] for field in FIELDS})
        assert [field.value_in(event.json()) for field in FIELDS] == [values_of(field)[0] for field in FIELDS]

    def test_null_pointers_leave_their_fields_as_they_are(self, event):
        event.set_fields({constants.TPC_FIELD_SESSION_ID: "s", constants.TPC_FIELD_PAGE_TITLE: None})
        before = event.text()
        event.set_fields({})
        assert event.text() == before
        event.set_fields({constants.TPC_FIELD_ANONYMOUS_ID: "a"})
        assert event.json()["sessionId"] == "s" and event.json()["page"] == {"title": None}

    def test_TPC_NULL_makes_null_without_reading_the_pointer(self, event):
        values, lengths = (ctypes.c_char_p * 17)(), (ctypes.c_size_t * 17)()
        # An address that nothing can be read from.
        ctypes.cast(values, ctypes.POINTER(ctypes.c_void_p))[constants.TPC_FIELD_SESSION_ID] = 1
        lengths[constants.TPC_FIELD_SESSION_ID] = NULL
        assert shared().tpc_event_set_fields(event.handle, values, lengths, 17, None) == 0
        assert event.json()["sessionId"] is None

    def test_TPC_NULL_is_refused_where_the_contract_takes_no_null(self, event):
        for field in FIELDS:
            if not field.takes_null:
                with pytest.raises(TPCError) as refused:
                    event.set_fields({field.number: None})
                assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", field.pointer)

    def test_without_lengths_every_value_ends_at_its_nul(self, event):
        values = (ctypes.c_char_p * 17)()
        values[constants.TPC_FIELD_SESSION_ID] = b"one\0two"
        values[constants.TPC_FIELD_ANONYMOUS_ID] = b""
        assert shared().tpc_event_set_fields(event.handle, values, None, 17, None) == 0
        assert (event.json()["sessionId"], event.json()["anonymousId"]) == ("one", "")

    def test_lengths_are_taken_as_they_are_and_TPC_NTS_stops_at_the_nul(self, event):
        values, lengths = (ctypes.c_char_p * 17)(), (ctypes.c_size_t * 17)()
        for number, length in ((constants.TPC_FIELD_SESSION_ID, 7), (constants.TPC_FIELD_ANONYMOUS_ID, NTS)):
            values[number], lengths[number] = b"one\0two", length
        assert shared().tpc_event_set_fields(event.handle, values, lengths, 17, None) == 0
        assert (event.json()["sessionId"], event.json()["anonymousId"]) == ("one\0two", "one")

    def test_it_stops_at_the_first_that_is_refused(self, event):
        with pytest.raises(TPCError) as refused:
            event.set_fields({3: "before", constants.TPC_FIELD_PAGE_HREF: "no URI", 8: "behind"})
        assert refused.value.field == "/page/href"
        assert event.json() == {"event": "page_visit", "sessionId": "before"}

    def test_a_smaller_count_reads_no_further(self, event):
        event.set_fields({constants.TPC_FIELD_SESSION_ID: "s"}, count=4)
        assert event.json()["sessionId"] == "s"
        record = ErrorRecord()
        assert shared().tpc_event_set_fields(event.handle, None, None, 0, record) == 0

    def test_more_fields_than_there_are_is_an_invalid_argument(self, event):
        for count in (18, 2**62, NULL, NTS):
            record = ErrorRecord()
            values = (ctypes.c_char_p * 18)()
            status = shared().tpc_event_set_fields(event.handle, values, None, count, record)
            assert (status, record.field) == (constants.TPC_ERROR_INVALID_ARGUMENT, b"count")
