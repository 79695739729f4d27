"""tpc_error: what it says, what it never says, and where it is cut."""

import math

import pytest
from support.header import NTS, constants
from support.library import ErrorRecord, TPCError, check, shared
from support.objects import Client, Event, Options

from .fields import BY_POINTER, FIELDS

MARKER = "Zq7Marker"


def refusal(call, *arguments):
    with pytest.raises(TPCError) as refused:
        call(*arguments)
    return refused.value


def assert_says_nothing_of_it(error):
    assert MARKER.encode() not in bytes(error.record)
    assert MARKER.lower().encode() not in bytes(error.record).lower()


def test_status_is_what_the_call_returned():
    record = ErrorRecord()
    assert shared().tpc_event_from_json(b"{", 1, None, record) == record.status == constants.TPC_ERROR_INVALID_ARGUMENT


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_no_error_of_a_field_holds_the_value(field):
    values = [MARKER.encode() + bad for bad in (b"\xff", b" \xc3", b"\0\xed\xa0\x80")]
    if field.pointer in ("/page/href", "/page/canonicalUrl"):
        values += [
            MARKER.encode(),
            f"{MARKER} ://x".encode(),
            f"https://{MARKER}^/".encode(),
            f"https://x/{MARKER}%".encode(),
        ]
    if field.pointer in ("/event", "/occurredAt"):
        values.append(MARKER.encode())
    with Event("https://example.com/") as event:
        for value in values:
            assert_says_nothing_of_it(refusal(event.set, field.number, value))
            text = b'{"event":"page_visit","page":{"href":"x:y"}}'
            assert_says_nothing_of_it(refusal(Event.from_json, text[:-1] + b',"x":"' + value + b'"}\xff'))


def test_no_error_of_a_property_holds_the_value():
    with Event("x:y") as event:
        assert_says_nothing_of_it(refusal(event.set_property, "k", MARKER.encode() + b"\xff"))
        assert_says_nothing_of_it(refusal(event.set_property, "k", MARKER.encode() * 200_000))
    for value in (f'["{MARKER}"]', f'{{"{MARKER}":1}}'):
        text = '{"event":"page_visit","page":{"href":"x:y"},"properties":{"k":%s}}' % value
        assert_says_nothing_of_it(refusal(Event.from_json, text))


@pytest.mark.parametrize(
    "text",
    [
        '"%s', "{%s}", '{"%s"}', '{"%s":}', "%s", '{"a":%s}', '{"a":"%s\n"}', '{"event":"%s"}',
        '{"event":"page_visit","page":"%s"}',
    ],
)  # fmt: skip
def test_no_error_of_json_holds_what_was_given(text):
    assert_says_nothing_of_it(refusal(Event.from_json, text % MARKER))
    with Client(dry_run=True, log_level="off") as client:
        assert_says_nothing_of_it(refusal(client.track_json, text % MARKER))


def test_no_error_of_a_url_holds_it():
    for text in (MARKER, f"/{MARKER}", f"https://{MARKER} x/", f"https://x:{MARKER}/", f"{MARKER} ://x"):
        record = ErrorRecord()
        error = refusal(check, shared().tpc_uri_encode(text.encode(), NTS, None, 0, None, record), record)
        assert error.name == "TPC_ERROR_INVALID_EVENT"
        assert_says_nothing_of_it(error)


def test_a_credential_passed_as_a_name_by_mistake_is_not_shown():
    with Options() as options:
        for name in (MARKER, f"api_key={MARKER}", f"sk-{MARKER}", f"{MARKER}\0", MARKER * 20):
            error = refusal(options.set, name, "x")
            assert_says_nothing_of_it(error)
            assert error.field == ""


@pytest.mark.parametrize("letter", ["é", "日", "🦊"])
@pytest.mark.parametrize("before", range(4))
def test_a_long_field_is_cut_at_a_characters_boundary(letter, before):
    key = "k" * before + letter * 100
    with Event("x:y") as event:
        error = refusal(event.set_property, key, math.nan)
    whole = f"/properties/{key}"
    assert whole.startswith(error.field) and error.field != whole
    room = ErrorRecord.field.size - 1
    assert room - len(letter.encode()) < len(error.field.encode()) <= room


def test_a_field_that_just_fits_is_whole():
    room = ErrorRecord.field.size - 1
    for length, is_whole in ((room - 1, True), (room, True), (room + 1, False)):
        key = "k" * (length - len("/properties/"))
        with Event("x:y") as event:
            error = refusal(event.set_property, key, math.inf)
        assert (error.field == f"/properties/{key}") is is_whole
        assert len(error.field) == min(length, room)


def test_a_nul_in_a_key_does_not_end_the_field_early():
    with Event("x:y") as event:
        assert refusal(event.set_property, "a\0b", math.inf).field == "/properties/a\\u0000b"


def test_no_key_writes_lines_or_colors_of_its_own_into_an_error():
    for key, shown in (("a\n2026 forged\x1b[31m", "a\\u000A2026 forged\\u001B[31m"), ("\x9b\x7f\u202e\u2028", "\\u009B\\u007F\\u202E\\u2028"), ("é日😀", "é日😀")):
        with Event("x:y") as event:
            assert refusal(event.set_property, key, math.inf).field == f"/properties/{shown}"


def test_messages_say_where_what_was_found_and_what_is_accepted():
    with Event() as event:
        error = refusal(event.set, BY_POINTER["/page/href"].number, "https://example.com/a b")
        assert error.field == "/page/href"
        assert error.message.startswith("found a space at byte 21; expected ")
        error = refusal(event.set, BY_POINTER["/occurredAt"].number, "2026-01-31T25:00:00Z")
        assert error.message.startswith("found ") and "at byte 11" in error.message


def test_no_message_is_cut():
    """Each message that a long name or number could stretch, at its longest."""
    with Options() as options:
        for name in ("queue_max_bytes", "delivery_timeout_ms", "log_level", "client_ip", "environment"):
            message = refusal(options.set, name, "?").message
            assert len(message) < ErrorRecord.message.size - 1
    error = refusal(Client)
    assert error.field == "api_key" and error.message.endswith("session_token (TPC_SESSION_TOKEN)")


def test_an_error_may_be_null_for_every_failure():
    assert shared().tpc_event_from_json(b"{", 1, None, None) == constants.TPC_ERROR_INVALID_ARGUMENT
    assert shared().tpc_client_new(None, None, None) == constants.TPC_ERROR_INVALID_ARGUMENT
