"""The most that an event may hold, and that replacing values does not use up memory."""

import json

import pytest
from support.header import constants
from support.library import TPCError
from support.objects import Event

EVENT_BYTES = 1 << 20
MEMBERS = 1024
KEY_BYTES = 1024
DEPTH = 512
VISIT = '{"event":"page_visit","page":{"href":"x:y","title":"%s"}%s}'
ROOM = EVENT_BYTES - len(VISIT % ("", ""))
TITLE = constants.TPC_FIELD_PAGE_TITLE


def refusal(call, *arguments):
    with pytest.raises(TPCError) as refused:
        call(*arguments)
    assert refused.value.name == "TPC_ERROR_TOO_LARGE"
    return refused.value


def test_json_is_read_up_to_1_mib():
    with Event.from_json(VISIT % ("a" * ROOM, "")) as event:
        assert len(event.text()) == EVENT_BYTES
    refused = refusal(Event.from_json, VISIT % ("a" * (ROOM + 1), ""))
    assert (refused.field, str(EVENT_BYTES) in refused.message) == ("", True)


def test_a_value_beyond_1_mib_is_refused_and_changes_nothing():
    with Event("x:y") as event:
        event.set(TITLE, "before")
        refused = refusal(event.set, TITLE, "a" * (EVENT_BYTES + 1))
        assert str(EVENT_BYTES) in refused.message
        refusal(event.set_property, "k", "a" * (EVENT_BYTES + 1))
        assert event.json() == {"event": "page_visit", "page": {"href": "x:y", "title": "before"}}


def test_a_value_counts_as_long_as_it_is_in_json():
    with Event("x:y") as event:
        event.set(TITLE, b"\x01" * 170_000)
        assert len(event.text()) < EVENT_BYTES
        with Event.from_json(event.text()) as again:
            assert again.text() == event.text()
        refusal(event.set, TITLE, b"\x01" * 180_000)
        refusal(event.set_property, "k", b'"' * 600_000)
        assert event.json()["page"]["title"] == "\x01" * 170_000


def test_many_values_together_are_refused_beyond_1_mib():
    with Event("x:y") as event:
        for number in range(10):
            event.set_property(f"k{number}", "a" * 100_000)
        before = event.text()
        refusal(event.set_property, "k10", "a" * 100_000)
        assert event.text() == before


def test_a_large_value_is_replaced_by_another():
    with Event("x:y") as event:
        for letter in "abc":
            event.set(TITLE, letter * 600_000)
            event.set_property("k", letter * 400_000)
        assert event.json()["page"]["title"] == "c" * 600_000
        assert event.json()["properties"]["k"] == "c" * 400_000


def test_1024_members_are_held_and_one_more_is_refused():
    with Event("x:y") as event:
        for number in range(MEMBERS):
            event.set_property(f"k{number}", number)
        before = event.text()
        for value in ("text", 1, 1.5, True, None):
            refused = refusal(event.set_property, "one more", value)
            assert (refused.field, str(MEMBERS) in refused.message) == ("/properties", True)
        assert event.text() == before
        event.set_property("k5", "replaced")
        assert len(event.json()["properties"]) == MEMBERS and event.json()["properties"]["k5"] == "replaced"


@pytest.mark.parametrize("place", ["", "page", "request", "sdk", "properties"])
def test_json_with_more_than_1024_members_is_refused_where_they_are(place):
    def text(count):
        event = {"event": "page_visit", "page": {"href": "x:y"}}
        (event.setdefault(place, {}) if place else event).update({f"k{number}": number for number in range(count)})
        return json.dumps(event)

    with Event.from_json(text(MEMBERS)) as event:
        assert event.json() == json.loads(text(MEMBERS))
    refused = refusal(Event.from_json, text(MEMBERS + 1))
    assert (refused.field, str(MEMBERS) in refused.message) == (f"/{place}" if place else "", True)


@pytest.mark.parametrize("letter", ["k", "é", "\n", '"'])
def test_a_key_of_1024_bytes_is_held_and_a_longer_one_refused(letter):
    key = letter * (KEY_BYTES // len(letter.encode()))
    for value in ("text", 1, 1.5, True, None):
        with Event("x:y") as event:
            event.set_property(key, value)
            before = event.text()
            refused = refusal(event.set_property, key + "k", value)
            assert (refused.field, str(KEY_BYTES) in refused.message) == ("/properties", True)
            assert event.text() == before


@pytest.mark.parametrize("letter", ["k", "é", "\n", '"'])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_key_is_as_long_in_json_as_it_is_through_the_setter(letter, ascii_only):
    def text(key):
        return json.dumps(
            {"event": "page_visit", "page": {"href": "x:y"}, "properties": {key: 1}}, ensure_ascii=ascii_only
        )

    key = letter * (KEY_BYTES // len(letter.encode()))
    with Event.from_json(text(key)) as event:
        assert event.json()["properties"] == {key: 1}
    refused = refusal(Event.from_json, text(key + "k"))
    assert (refused.field, str(KEY_BYTES) in refused.message) == ("/properties", True)


def test_values_may_be_nested_512_deep():
    def text(depth):
        # The event's own object is one level.
        return VISIT % ("", ',"x":' + "[" * (depth - 1) + "]" * (depth - 1))

    with Event.from_json(text(DEPTH)) as event:
        assert event.text().decode() == text(DEPTH)
    refused = refusal(Event.from_json, text(DEPTH + 1))
    assert str(DEPTH) in refused.message
    refusal(Event.from_json, text(DEPTH + 100_000))
    refusal(Event.from_json, "[" * 1_000_000)


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096


def test_setting_a_value_100000_times_uses_no_more_memory_than_setting_it_a_few_times():
    with Event("x:y") as event:

        def set_all(times):
            for turn in range(times):
                event.set(TITLE, b"%01000d" % turn)
                event.set_property("text", b"%01000d" % turn)
                event.set_property("number", turn)
                event.set_property("\n", None)

        set_all(1000)
        before = resident_bytes()
        set_all(100_000)
        # Kept values would be 200 MB.
        assert resident_bytes() - before < 20_000_000
        assert event.json()["page"]["title"].endswith("099999") and event.json()["properties"]["number"] == 99_999


def test_one_event_can_be_used_for_many_visits_without_growing():
    with Event() as event:

        def fill(times):
            for turn in range(times):
                event.clear()
                event.set(constants.TPC_FIELD_PAGE_HREF, b"https://example.com/%d" % turn)
                for number in range(10):
                    event.set_property(b"k%d" % number, b"v" * 1000)

        fill(100)
        before = resident_bytes()
        fill(10_000)
        assert resident_bytes() - before < 20_000_000
        assert event.json()["page"]["href"] == "https://example.com/9999"
