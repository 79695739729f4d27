"""NULL handles and pointers, impossible lengths, negative times, and tokens that do not belong to a client."""

import ctypes
import os
import subprocess
import sys

import pytest
from support import paths
from support.header import DECLARATIONS, FIELDS, NTS, NULL, constants
from support.library import ErrorRecord, StatisticsRecord, shared
from support.objects import Client, Event, Options

INVALID = constants.TPC_ERROR_INVALID_ARGUMENT
BEYOND = [NULL, 2**63, 2**64 - 3]
VISIT = b'{"event":"page_visit","page":{"href":"x:y"}}'
HREF = FIELDS["TPC_FIELD_PAGE_HREF"]


@pytest.fixture
def event():
    with Event("https://example.com/") as made:
        yield made


@pytest.fixture
def dry():
    """A client that sends nothing."""
    with Client(dry_run=True, log_level="off") as made:
        yield made


def result(name, *arguments):
    """The status and the error's field; the same status without an error to fill in."""
    record = ErrorRecord()
    status = getattr(shared(), name)(*arguments, record)
    assert getattr(shared(), name)(*arguments, None) == status
    if status:
        assert record.status == status and record.message
    return status, record.field.decode()


# Each call with a NULL where it takes none, and the argument's name.
NULL_HANDLES = [
    ("tpc_options_load_environment", (None,), "options"),
    ("tpc_options_set", (None, b"name", NTS, b"x", NTS), "options"),
    ("tpc_event_set", (None, HREF, b"x:y", NTS), "event"),
    ("tpc_event_set_null", (None, HREF), "event"),
    ("tpc_event_set_fields", (None, None, None, 0), "event"),
    ("tpc_event_set_string_property", (None, b"k", NTS, b"v", NTS), "event"),
    ("tpc_event_set_number_property", (None, b"k", NTS, 1.5), "event"),
    ("tpc_event_set_integer_property", (None, b"k", NTS, 1), "event"),
    ("tpc_event_set_boolean_property", (None, b"k", NTS, 1), "event"),
    ("tpc_event_set_null_property", (None, b"k", NTS), "event"),
    ("tpc_event_validate", (None,), "event"),
    ("tpc_event_from_json", (VISIT, NTS, None), "out"),
    ("tpc_client_new", (None, None), "out"),
    ("tpc_client_shared", (None, None), "out"),
]


@pytest.mark.parametrize(
    ("name", "arguments", "field"), NULL_HANDLES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_null_handle_is_an_invalid_argument_that_is_named(name, arguments, field):
    assert result(name, *arguments) == (INVALID, field)


def test_a_null_event_cannot_be_written_or_tracked(dry):
    length = ctypes.c_size_t(77)
    assert shared().tpc_event_to_json(None, None, 0, length) == INVALID
    assert result("tpc_client_track", dry.handle, None) == (INVALID, "event")


def test_every_free_function_takes_null():
    names = [name for name in DECLARATIONS.functions if name.endswith(("_free", "_clear"))]
    assert len(names) == 4
    for name in names:
        getattr(shared(), name)(None)


def text_calls(event, options):
    """Every argument that is a text: a call that is given (pointer, length), and the argument's name."""
    yield "name", lambda *text: result("tpc_options_set", options.handle, *text, b"true", NTS)
    yield "value", lambda *text: result("tpc_options_set", options.handle, b"enabled", NTS, *text)
    yield "value", lambda *text: result("tpc_event_set", event.handle, HREF, *text)
    yield "key", lambda *text: result("tpc_event_set_string_property", event.handle, *text, b"v", NTS)
    yield "value", lambda *text: result("tpc_event_set_string_property", event.handle, b"k", NTS, *text)
    yield "key", lambda *text: result("tpc_event_set_number_property", event.handle, *text, 1.5)
    yield "key", lambda *text: result("tpc_event_set_integer_property", event.handle, *text, 1)
    yield "key", lambda *text: result("tpc_event_set_boolean_property", event.handle, *text, 1)
    yield "key", lambda *text: result("tpc_event_set_null_property", event.handle, *text)
    out = ctypes.c_void_p()
    yield "json", lambda *text: result("tpc_event_from_json", *text, out)
    yield "text", lambda *text: result("tpc_uri_encode", *text, None, 0, None)


def test_a_null_text_is_an_invalid_argument_unless_it_is_empty(event):
    with Options() as options:
        for name, call in text_calls(event, options):
            for length in (1, 100, NTS):
                assert call(None, length) == (INVALID, name)
            assert call(None, 0) == call(b"", 0)
            assert call(None, 0)[0] != INVALID


def test_a_length_beyond_any_text_is_an_invalid_argument(event):
    with Options() as options:
        for name, call in text_calls(event, options):
            for length in BEYOND:
                assert call(b"x", length) == (INVALID, name)


def test_refusals_name_as_many_fields_as_the_header_has(event):
    last, record = max(FIELDS.values()), ErrorRecord()
    assert shared().tpc_event_set(event.handle, last + 1, b"x", 1, record) == INVALID
    assert record.message.decode().endswith(f"expected 0 to {last}")
    values = (ctypes.c_char_p * (last + 2))()
    assert shared().tpc_event_set_fields(event.handle, values, None, last + 2, record) == INVALID
    assert record.message.decode().endswith(f"expected at most {last + 1}")


def test_TPC_NTS_ends_a_text_at_its_first_nul(event):
    loaded = shared()
    title = constants.TPC_FIELD_PAGE_TITLE
    assert loaded.tpc_event_set(event.handle, title, b"one\0two", NTS, None) == 0
    assert event.json()["page"]["title"] == "one"
    assert loaded.tpc_event_set(event.handle, title, b"one\0two", 7, None) == 0
    assert event.json()["page"]["title"] == "one\0two"
    assert loaded.tpc_event_set(event.handle, title, b"one\0two", 2, None) == 0
    assert event.json()["page"]["title"] == "on"
    assert loaded.tpc_event_set_string_property(event.handle, b"k\0x", NTS, b"v\0x", NTS, None) == 0
    assert loaded.tpc_event_set_string_property(event.handle, b"k\0x", 3, b"v\0x", 3, None) == 0
    assert event.json()["properties"] == {"k": "v", "k\0x": "v\0x"}
    out = ctypes.c_void_p()
    assert loaded.tpc_event_from_json(VISIT + b"\0 and more", NTS, out, None) == 0
    loaded.tpc_event_free(out)
    with Options() as options:
        assert loaded.tpc_options_set(options.handle, b"enabled\0x", NTS, b"true\0x", NTS, None) == 0


def test_values_may_be_missing_only_when_there_are_none(event):
    assert result("tpc_event_set_fields", event.handle, None, None, 1) == (INVALID, "values")
    assert result("tpc_event_set_fields", event.handle, None, None, 0) == (0, "")


def client_calls():
    """Every call on a client, as a function of its token."""
    loaded = shared()
    with_event = Event("https://example.com/")
    return {
        "tpc_client_track": lambda token: loaded.tpc_client_track(token, with_event.handle, None),
        "tpc_client_track_json": lambda token: loaded.tpc_client_track_json(token, VISIT, len(VISIT), None),
        "tpc_client_flush": lambda token: loaded.tpc_client_flush(token, 0, None),
        "tpc_client_event_to_json": lambda token: loaded.tpc_client_event_to_json(
            token, with_event.handle, None, 0, None, None, None
        ),
        "tpc_client_close": lambda token: loaded.tpc_client_close(token, 0, None),
        "tpc_client_release": loaded.tpc_client_release,
        "tpc_client_stats": lambda token: loaded.tpc_client_stats(
            token, StatisticsRecord(), ctypes.sizeof(StatisticsRecord)
        ),
        "tpc_client_poll": lambda token: loaded.tpc_client_poll(token, 0, ctypes.c_void_p()),
    }


def assert_closed(token):
    for name, call in client_calls().items():
        assert call(token) == constants.TPC_ERROR_CLOSED, name
    assert shared().tpc_client_report_descriptor(token) == -1


@pytest.mark.parametrize(
    "token", [0, 1, 2, 3, 7, 1024, 1025, 2047, 2048, 4096, 2**32, 2**32 + 1, 2**43 + 1, 2**63, 2**64 - 1]
)
def test_an_invented_token_is_closed(token, dry):
    assert token != dry.handle
    assert_closed(token)
    # It did no harm to the one that is there.
    dry.track_json(VISIT)
    assert dry.statistics()["accepted"] == 1


def test_tokens_that_are_nearly_a_clients_are_closed(dry):
    for bit in range(64):
        assert_closed(dry.handle ^ 1 << bit)
    dry.track_json(VISIT)
    assert dry.statistics()["accepted"] == 1


def test_a_closed_token_stays_closed_when_its_slot_is_reused():
    stale = []
    for _ in range(50):
        with Client(dry_run=True, log_level="off") as client:
            assert client.handle not in stale
            stale.append(client.handle)
            assert client.close() == 0
            assert_closed(client.handle)
    with Client(dry_run=True, log_level="off") as client:
        for token in stale:
            assert_closed(token)
        client.track_json(VISIT)


def test_a_call_on_a_closed_client_says_so(dry):
    dry.close()
    status, _ = result("tpc_client_track_json", dry.handle, VISIT, NTS)
    record = ErrorRecord()
    assert shared().tpc_client_track_json(dry.handle, VISIT, NTS, record) == status == constants.TPC_ERROR_CLOSED
    assert b"closed" in record.message


@pytest.mark.parametrize("milliseconds", [-1, -1000, -(2**31)])
def test_a_negative_time_is_an_invalid_argument_and_nothing_happens(milliseconds, dry):
    dry.track_json(VISIT)
    out, count = ctypes.c_void_p(1), ctypes.c_size_t(77)
    assert shared().tpc_client_poll(dry.handle, milliseconds, out) == INVALID
    assert out.value is None
    assert shared().tpc_client_flush(dry.handle, milliseconds, count) == INVALID
    assert shared().tpc_client_close(dry.handle, milliseconds, count) == INVALID
    assert count.value == 0
    assert dry.statistics()["accepted"] == 1


def test_poll_needs_a_place_for_its_report(dry):
    assert shared().tpc_client_poll(dry.handle, 0, None) == INVALID


def test_a_refused_client_leaves_no_token_behind():
    for name in ("tpc_client_new", "tpc_client_shared"):
        out = ctypes.c_void_p(1)
        with Options(base_url="https://example.com") as options:
            assert getattr(shared(), name)(options.handle, out, None) == constants.TPC_ERROR_INVALID_OPTION
        assert out.value is None


def test_track_json_names_an_argument_that_is_not_text(dry):
    assert result("tpc_client_track_json", dry.handle, None, 5) == (INVALID, "json")
    assert result("tpc_client_track_json", dry.handle, b"{}", NULL) == (INVALID, "json")


# Opens clients until one is refused.
OPENING = """
import ctypes
from support.library import ErrorRecord, shared
from support.objects import Options

made = []
with Options(dry_run=True, log_level="off") as options:
    while True:
        out, record = ctypes.c_void_p(), ErrorRecord()
        status = shared().tpc_client_new(options.handle, out, record)
        if status or len(made) > 1024:
            break
        made.append(out.value)
assert all(shared().tpc_client_close(token, 0, None) == 0 for token in made)
print(len(set(made)), status, record.message.decode())
"""


def test_1024_clients_can_be_open_and_one_more_is_refused():
    # In a process of its own: other tests leave clients open in this one.
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT / "Tests")}
    done = subprocess.run([sys.executable, "-c", OPENING], env=environment, capture_output=True, text=True, check=True)
    count, status, message = done.stdout.split(" ", 2)
    assert (int(count), int(status)) == (1024, constants.TPC_ERROR_SYSTEM)
    assert "1,024 clients" in message


def test_the_functions_of_a_null_report_return_nothing():
    loaded = shared()
    assert loaded.tpc_report_outcome(None) == 0
    assert loaded.tpc_report_http_status(None) == 0
    assert loaded.tpc_report_attempts(None) == 0
    for name in ("event_id", "code", "message", "details", "received_at"):
        assert getattr(loaded, f"tpc_report_{name}")(None) == b""


@pytest.mark.parametrize("size", [0, 1, 7])
def test_statistics_need_room_for_their_size(size, dry):
    assert shared().tpc_client_stats(dry.handle, StatisticsRecord(), size) == INVALID
    assert shared().tpc_client_stats(dry.handle, None, 160) == INVALID


def test_statistics_fill_in_as_much_as_both_sides_know(dry):
    dry.track_json(VISIT)
    known = ctypes.sizeof(StatisticsRecord)

    class Larger(ctypes.Structure):
        _fields_ = [("known", StatisticsRecord), ("unknown", ctypes.c_uint64 * 4)]

    for size in (8, 9, 16, 23, known - 1, known, known + 8, ctypes.sizeof(Larger)):
        record = Larger()
        ctypes.memset(ctypes.byref(record), 0xA5, ctypes.sizeof(record))
        pointer = ctypes.cast(ctypes.byref(record), ctypes.POINTER(StatisticsRecord))
        assert shared().tpc_client_stats(dry.handle, pointer, size) == 0
        assert record.known.size == min(size, known)
        if size >= 16:
            assert record.known.accepted == 1
        data = bytes(record)
        assert set(data[min(size, known) :]) == {0xA5}
