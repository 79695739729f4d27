"""tpc_client_event_to_json: an event as track would send it, which nobody sends or counts."""

import ctypes
import json

import pytest
from support.header import constants
from support.library import ErrorRecord, check, shared
from support.objects import Client, Event

HREF = "https://Example.com/a?token=1&b=2"
FILLED = {"eventId": "id-1", "occurredAt": "2026-01-31T12:00:00.000Z"}
EVENT = {"event": "page_visit", "page": {"href": HREF}, "request": {"clientIp": "192.0.2.7", "userAgent": "GPTBot/1.2"}, **FILLED}


def preview(client, event, capacity=4096):
    """The event that is written, or None, and the rule that leaves it out."""
    room, length, left_out, record = ctypes.create_string_buffer(b"x", capacity), ctypes.c_size_t(77), ctypes.c_char_p(b"x"), ErrorRecord()
    check(shared().tpc_client_event_to_json(client.handle, event.handle, room, capacity, length, left_out, record), record)
    assert len(room.value) == length.value
    return json.loads(room.value) if length.value else None, left_out.value and left_out.value.decode()


@pytest.fixture
def dry():
    made = []

    def make(**options):
        made.append(Client(dry_run=True, log_level="off", **options))
        return made[-1]

    yield make
    for client in made:
        client.free()


@pytest.mark.parametrize("options", [
    {}, {"client_ip": "truncate"}, {"client_ip": "omit"}, {"redact_query": "b"}, {"label_ai_agents": True}, {"anonymous_id": "daily"},
    {"sdk_name": "other", "sdk_version": "1.2", "sdk_runtime": "x"},
], ids=lambda options: "-".join(options) or "defaults")  # fmt: skip
def test_the_event_is_written_as_it_is_sent(sent, dry, options):
    with Event.from_json(json.dumps(EVENT)) as event:
        assert preview(dry(**options), event) == (sent(event, **options), None)


def test_what_is_absent_is_filled_in_anew_each_time_in_the_same_length(dry):
    client = dry()
    with Event(HREF) as event:
        (first, _), (second, _) = preview(client, event), preview(client, event)
        assert first["page"] == {"href": "https://Example.com/a?token=REDACTED&b=2", "domain": "example.com", "pathname": "/a"}
        assert first["sdk"]["name"] == "libtpc" and first["eventId"] != second["eventId"]
        assert len(json.dumps(first)) == len(json.dumps(second))
        # The event itself is as it was.
        assert event.json() == {"event": "page_visit", "page": {"href": HREF}} or event.json() == {"page": {"href": HREF}}


def test_it_is_neither_sent_nor_counted(server, client):
    one = client()
    before = one.statistics()
    with Event(HREF) as event:
        for _ in range(3):
            preview(one, event)
    one.flush()
    assert one.statistics() == before and not server.requests


def test_it_is_written_though_the_client_is_disabled(dry):
    with Event(HREF) as event:
        assert preview(dry(enabled=False), event)[0]["page"]["domain"] == "example.com"


@pytest.mark.parametrize(
    ("options", "rule"),
    [({"sample_rate": 0}, "sample_rate"), ({"only_ai_agents": True}, "not_ai_agent"), ({"only_ai": True}, "not_ai")],
    ids=["sample_rate", "only_ai_agents", "only_ai"],
)
def test_an_event_that_is_left_out_has_no_text_but_the_rule_s_name(dry, options, rule):
    client = dry(**options)
    with Event(HREF) as event:
        assert preview(client, event) == (None, rule)
        assert preview(client, event, capacity=1) == (None, rule)
        length = ctypes.c_size_t(77)
        assert shared().tpc_client_event_to_json(client.handle, event.handle, None, 0, length, None, None) == 0
        assert length.value == 0
    assert client.statistics()["sampled_out"] == client.statistics()["left_out"] == 0


def test_without_room_the_length_is_returned(dry):
    client = dry()
    with Event.from_json(json.dumps(EVENT)) as event:
        length = ctypes.c_size_t()
        assert shared().tpc_client_event_to_json(client.handle, event.handle, None, 0, length, None, None) == constants.TPC_ERROR_BUFFER_TOO_SMALL
        room = ctypes.create_string_buffer(length.value + 1)
        for capacity, status in ((length.value, constants.TPC_ERROR_BUFFER_TOO_SMALL), (length.value + 1, 0)):
            assert shared().tpc_client_event_to_json(client.handle, event.handle, room, capacity, None, None, None) == status
        assert json.loads(room.value)["eventId"] == "id-1"


def test_it_fails_as_track_does_and_counts_no_failure(dry):
    client = dry(max_event_bytes=1024)
    record = ErrorRecord()
    with Event() as event:
        assert shared().tpc_client_event_to_json(client.handle, event.handle, None, 0, None, None, record) == constants.TPC_ERROR_INVALID_EVENT
        assert record.field == b"/page/href"
        event.set(constants.TPC_FIELD_PAGE_HREF, "x:" + "y" * 1100)
        assert shared().tpc_client_event_to_json(client.handle, event.handle, None, 0, None, None, record) == constants.TPC_ERROR_TOO_LARGE
        assert shared().tpc_client_event_to_json(client.handle, None, None, 0, None, None, record) == constants.TPC_ERROR_INVALID_ARGUMENT
        assert record.field == b"event"
        client.close()
        assert shared().tpc_client_event_to_json(client.handle, event.handle, None, 0, None, None, record) == constants.TPC_ERROR_CLOSED
