"""The calls that write a text into the caller's memory."""

import ctypes

import pytest
from support.header import NTS, constants
from support.library import ErrorRecord, TPCError, check, shared
from support.objects import Event

URL = "https://example.com/a b"
ENCODED = b"https://example.com/a%20b"
JSON = b'{"event":"page_visit","page":{"href":"x:y"}}'
CANARY = 0xA5


@pytest.fixture
def event():
    with Event("x:y") as made:
        yield made


@pytest.fixture(params=["tpc_event_to_json", "tpc_uri_encode"])
def writer(request, event):
    """A call that writes `text` into (buffer, capacity, length), and that text."""
    if request.param == "tpc_event_to_json":
        return (lambda *place: shared().tpc_event_to_json(event.handle, *place)), JSON
    return (lambda *place: shared().tpc_uri_encode(URL.encode(), NTS, *place, None)), ENCODED


def canaries(count):
    return (ctypes.c_char * count).from_buffer(bytearray([CANARY] * count))


def test_a_buffer_with_room_gets_the_text_and_a_nul_and_nothing_else(writer):
    call, text = writer
    for capacity in (len(text) + 1, len(text) + 2, 1000):
        buffer, length = canaries(1100), ctypes.c_size_t()
        assert call(buffer, capacity, length) == 0
        assert length.value == len(text)
        assert buffer.raw == text + b"\0" + bytes([CANARY]) * (1100 - len(text) - 1)


def test_a_buffer_that_is_too_small_is_left_alone_and_the_length_returned(writer):
    call, text = writer
    for capacity in (0, 1, len(text) - 1, len(text)):
        buffer, length = canaries(1100), ctypes.c_size_t()
        assert call(buffer, capacity, length) == constants.TPC_ERROR_BUFFER_TOO_SMALL
        assert length.value == len(text)
        assert buffer.raw == bytes([CANARY]) * 1100


def test_without_a_buffer_the_length_is_returned_whatever_the_capacity(writer):
    call, text = writer
    for capacity in (0, len(text) + 1, 1000):
        length = ctypes.c_size_t()
        assert call(None, capacity, length) == constants.TPC_ERROR_BUFFER_TOO_SMALL
        assert length.value == len(text)


def test_the_length_may_be_null(writer):
    call, text = writer
    buffer = canaries(100)
    assert call(buffer, 100, None) == 0 and buffer.value == text
    assert call(buffer, 3, None) == constants.TPC_ERROR_BUFFER_TOO_SMALL
    assert call(None, 0, None) == constants.TPC_ERROR_BUFFER_TOO_SMALL


def encode(text):
    text, record, length = text.encode(), ErrorRecord(), ctypes.c_size_t()
    buffer = ctypes.create_string_buffer(len(text) * 3 + 1)
    check(shared().tpc_uri_encode(text, len(text), buffer, len(buffer), length, record), record)
    return buffer.raw[: length.value].decode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.com/", "https://example.com/"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/ü?q=日", "https://example.com/%C3%BC?q=%E6%97%A5"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("https://example.com/%41%zz", "https://example.com/%41%25zz"),
        ("https://example.com/[x]|y", "https://example.com/%5Bx%5D%7Cy"),
        ("https://example.com/\n\0x", "https://example.com/%0A%00x"),
        ("\n https://example.com/ \t\0", "https://example.com/"),
    ],
)
def test_a_url_is_repaired_into_one_that_an_event_takes(given, expected, event):
    assert encode(given) == expected
    event.set(constants.TPC_FIELD_PAGE_HREF, expected)
    assert encode(expected) == expected


@pytest.mark.parametrize(
    "given", ["", "pricing", "/pricing", "//example.com/", "https://exa mple.com/", "https://[::1/", "https://a:b/"]
)
def test_what_no_encoding_can_repair_is_refused(given):
    with pytest.raises(TPCError) as refused:
        encode(given)
    assert refused.value.name == "TPC_ERROR_INVALID_EVENT"
    assert "; expected " in refused.value.message
