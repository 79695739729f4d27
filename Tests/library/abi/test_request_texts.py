"""Web requests as texts: their numbers, odd lengths, bytes that are not UTF-8, and what the application adds."""

import ctypes
import json

import pytest
from support import header
from support.header import NTS, NULL, constants
from support.library import ErrorRecord, TPCError, check, shared
from support.objects import Client, Event

NUMBERS = {name: value for name, value in header.DECLARATIONS.constants.items() if name.startswith("TPC_REQUEST_")}
COUNT = max(NUMBERS.values()) + 1
METHOD, HOST, TARGET, STATUS, AGENT, REFERER = (
    NUMBERS[f"TPC_REQUEST_{name}"] for name in ("METHOD", "HOST", "TARGET", "STATUS", "USER_AGENT", "REFERER")
)
REQUEST = {METHOD: b"GET", HOST: b"example.com", TARGET: b"/a", AGENT: b"GPTBot/1.2"}


@pytest.fixture
def client():
    with Client(dry_run=True, log_level="off") as made:
        yield made


def arrays(texts, lengths=None, count=COUNT):
    values, sizes = (ctypes.c_char_p * count)(), (ctypes.c_size_t * count)()
    for number, text in texts.items():
        values[number], sizes[number] = text, (lengths or {}).get(number, len(text or b""))
    return values, sizes, count


def track(client, texts, lengths=None, count=COUNT, event=None):
    """The name of the rule that left the request out; None when it was tracked."""
    left_out, record = ctypes.c_char_p(b"untouched"), ErrorRecord()
    values, sizes, count = arrays({**REQUEST, **texts}, lengths, count)
    handle = event.handle if event else None
    call = shared().tpc_client_track_request_fields
    check(call(client.handle, values, sizes, count, handle, left_out, record), record)
    return left_out.value


def visit(client, texts, event=None):
    """The event that a request becomes."""
    out, left_out, record = ctypes.c_void_p(), ctypes.c_char_p(), ErrorRecord()
    values, sizes, count = arrays({**REQUEST, **texts})
    handle = event.handle if event else None
    call = shared().tpc_client_event_from_request_fields
    check(call(client.handle, values, sizes, count, handle, out, left_out, record), record)
    with Event(handle=out.value) as made:
        return made.json()


def refusal(client, texts, lengths=None, count=COUNT):
    with pytest.raises(TPCError) as caught:
        track(client, texts, lengths, count)
    return caught.value.status, caught.value.field


def test_the_headers_have_the_numbers_from_the_user_agents_on():
    index = 0
    while (name := shared().tpc_request_header(index)) is not None:
        assert NUMBERS["TPC_REQUEST_" + name.decode().upper().replace("-", "_")] == AGENT + index
        index += 1
    assert AGENT + index == COUNT


def test_a_request_is_tracked_or_left_out_and_counted_as_such(client):
    assert track(client, {}) is None
    assert track(client, {METHOD: b"POST"}) == b"method"
    assert track(client, {STATUS: b"404"}) == b"status"
    stats = client.statistics()
    assert (stats["accepted"], stats["left_out"]) == (1, 2)


def test_a_shorter_array_leaves_out_what_it_does_not_have(client):
    assert track(client, {}, count=AGENT + 1) is None
    assert "referrer" not in visit(client, {})["request"]


def test_lengths_may_be_absent_and_a_length_may_say_that_a_nul_ends_the_text(client):
    values, _, count = arrays(REQUEST)
    assert shared().tpc_client_track_request_fields(client.handle, values, None, count, None, None, None) == 0
    assert track(client, {}, {METHOD: NTS, TARGET: NTS}) is None


def test_a_length_cuts_a_text_and_an_empty_text_is_one(client):
    values, sizes, count = arrays({**REQUEST, TARGET: b"/a.css"}, {TARGET: 2})
    assert shared().tpc_client_track_request_fields(client.handle, values, sizes, count, None, None, None) == 0
    assert visit(client, {REFERER: b""})["request"]["referrer"] == ""


@pytest.mark.parametrize("length", [NULL, 2**63, 2**64 - 3, (1 << 20) + 1])
@pytest.mark.parametrize("number", [METHOD, AGENT])
def test_a_length_that_no_request_has_is_refused_before_the_text_is_read(client, length, number):
    assert refusal(client, {}, {number: length})[0] == constants.TPC_ERROR_TOO_LARGE


def test_texts_that_are_too_long_together_are_refused(client):
    half = b"a" * (1 << 19)
    assert refusal(client, {AGENT: half, REFERER: half})[0] == constants.TPC_ERROR_TOO_LARGE
    assert refusal(client, {AGENT: b"a" * 10_000_000})[0] == constants.TPC_ERROR_TOO_LARGE
    assert refusal(client, {AGENT: b"a" * 10_000_000, REFERER: b""})[0] == constants.TPC_ERROR_TOO_LARGE


@pytest.mark.parametrize("count", [COUNT + 1, 1000, 2**63, 2**64 - 1])
def test_more_texts_than_there_are_numbers_are_refused(client, count):
    values, sizes, _ = arrays(REQUEST, count=1000)
    record = ErrorRecord()
    status = shared().tpc_client_track_request_fields(client.handle, values, sizes, count, None, None, record)
    assert (status, record.field) == (constants.TPC_ERROR_INVALID_ARGUMENT, b"values")


def test_a_number_that_has_no_name_is_refused(client):
    free = next(number for number in range(COUNT) if number not in NUMBERS.values())
    assert refusal(client, {free: b"x"}) == (constants.TPC_ERROR_INVALID_ARGUMENT, "values")


@pytest.mark.parametrize(("number", "field"), [(METHOD, "/method"), (TARGET, "/target"), (HOST, "/host")])
def test_what_is_required_is_named_when_it_is_missing(client, number, field):
    assert refusal(client, {number: None}) == (constants.TPC_ERROR_INVALID_ARGUMENT, field)
    assert client.statistics()["refused_invalid"] == 1


def test_null_arrays_and_a_count_of_nothing_are_refused(client):
    call, record = shared().tpc_client_track_request_fields, ErrorRecord()
    assert call(client.handle, None, None, COUNT, None, None, record) == constants.TPC_ERROR_INVALID_ARGUMENT
    assert record.field == b"values"
    values, sizes, _ = arrays(REQUEST)
    assert call(client.handle, values, sizes, 0, None, None, record) == constants.TPC_ERROR_INVALID_ARGUMENT
    assert record.field == b"/method"
    make = shared().tpc_client_event_from_request_fields
    assert make(client.handle, values, sizes, COUNT, None, None, None, record) == constants.TPC_ERROR_INVALID_ARGUMENT
    assert record.field == b"out"


@pytest.mark.parametrize("status", [b"20", b"0200", b"2e2", b"abc", b"099", b"-20", b"", b"200 OK"])
def test_a_status_that_is_not_three_digits_is_refused(client, status):
    assert refusal(client, {STATUS: status}) == (constants.TPC_ERROR_INVALID_ARGUMENT, "/status")


def test_text_that_is_not_utf8_is_read_as_latin1_and_loses_no_visit(client):
    made = visit(client, {TARGET: b"/caf\xe9", AGENT: b"M\xfcller/1.0 \xff" + b"\x80" * 40, REFERER: "é".encode()})
    assert made["page"]["href"] == "http://example.com/caf%C3%A9"
    assert made["request"]["userAgent"] == "Müller/1.0 \xff" + "\x80" * 40
    assert made["request"]["referrer"] == "é"


def test_each_of_many_texts_that_are_not_utf8_is_read(client):
    with Client(dry_run=True, log_level="off", exclude_paths="/é*") as excluding:
        assert track(excluding, {TARGET: b"/\xe9t\xe9", AGENT: b"\xe9" * 3000, REFERER: b"\xe8" * 5000}) == b"path"
    made = visit(client, {AGENT: b"\xe9" * 3000, REFERER: b"\xe8" * 5000})
    assert (made["request"]["userAgent"], made["request"]["referrer"]) == ("é" * 3000, "è" * 5000)


def test_a_nul_within_a_text_is_a_character_like_others(client):
    assert visit(client, {AGENT: b"a\0b\n\"c\""})["request"]["userAgent"] == 'a\0b\n"c"'


def test_what_the_application_adds_takes_precedence_and_stays_the_callers(client):
    text = {"event": "page_visit", "page": {"href": "https://b.example/x", "title": "T \"q\""}, "more": [1],
            "request": {"referrer": None}, "sdk": {}, "properties": {"plan": "pro", "status": 7}}
    with Event.from_json(json.dumps(text)) as added:
        made = visit(client, {STATUS: b"200", REFERER: b"https://c.example/"}, added)
        assert track(client, {}, event=added) is None
        assert added.json() == text
    assert made == {**text, "request": {"method": "GET", "userAgent": "GPTBot/1.2", "referrer": None}}


def test_a_request_has_none_of_what_the_one_before_it_said(client):
    with Event.from_json('{"event":"page_visit","page":{"href":"x:y","title":"T"}}') as added:
        visit(client, {REFERER: b"\xe9"}, added)
    made = visit(client, {})
    assert "title" not in made["page"] and "referrer" not in made["request"]
    text = json.dumps({"method": "GET", "host": "example.com", "target": "/json"}).encode()
    assert shared().tpc_client_track_request(client.handle, text, len(text), None, None) == 0
    assert visit(client, {})["page"]["href"] == "http://example.com/a"
