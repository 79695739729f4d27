# SPDX-License-Identifier: Apache-2.0
"""What Client.track makes of its arguments."""

import datetime
import enum
import inspect
import typing
import uuid

import pytest
import tpc
from tpc import _visit

HREF = "https://example.com/pricing"
# As keywords, and as the contract has them.
FIELDS = {
    "href": HREF,
    "domain": "example.com",
    "pathname": "/pricing",
    "title": "Pricing",
    "canonical_url": "https://example.com/",
    "referrer": "https://chatgpt.com/",
    "user_agent": "GPTBot/1.2",
    "client_ip": "192.0.2.7",
    "method": "GET",
    "session_id": "s-1",
    "anonymous_id": "a-1",
    "event_id": "e-1",
    "occurred_at": "2026-11-23T12:00:00.000Z",
    "sdk_name": "own",
    "sdk_version": "9",
    "sdk_runtime": "mine",
}
PROPERTIES = {"plan": "pro", "status": 200, "ratio": 0.5, "cached": True, "nothing": None}
EVENT = {
    "event": "page_visit",
    "occurredAt": "2026-11-23T12:00:00.000Z",
    "eventId": "e-1",
    "sessionId": "s-1",
    "anonymousId": "a-1",
    "page": {
        "href": HREF,
        "domain": "example.com",
        "pathname": "/pricing",
        "title": "Pricing",
        "canonicalUrl": "https://example.com/",
    },
    "request": {
        "referrer": "https://chatgpt.com/",
        "userAgent": "GPTBot/1.2",
        "clientIp": "192.0.2.7",
        "method": "GET",
    },
    "sdk": {"name": "own", "version": "9", "runtime": "mine"},
    "properties": PROPERTIES,
}


def test_keywords_in_any_order_become_the_contracts_event(sent):
    assert sent(**FIELDS, properties=PROPERTIES) == EVENT
    assert sent(properties=PROPERTIES, **dict(reversed(FIELDS.items()))) == EVENT


def test_keywords_whose_places_in_the_event_alternate_arrive_where_they_belong(sent):
    names = ["user_agent", "href", "event_id", "title", "referrer", "session_id"]
    event = sent(**{name: FIELDS[name] for name in names})
    assert event["page"]["href"] == HREF and event["page"]["title"] == "Pricing"
    assert event["request"] == {"userAgent": "GPTBot/1.2", "referrer": "https://chatgpt.com/"}
    assert (event["eventId"], event["sessionId"]) == ("e-1", "s-1")


def test_a_page_visit_is_the_same_event_and_can_be_changed_and_used_again(sent):
    visit = tpc.PageVisit(**FIELDS, properties=PROPERTIES)
    assert sent(visit) == EVENT
    visit.title = None
    assert sent(visit)["page"]["title"] is None
    assert repr(tpc.PageVisit(href=HREF, title=None)) == f"PageVisit(href={HREF!r}, title=None)"


def test_a_mapping_in_the_contracts_shape_is_sent_as_it_is(sent):
    assert sent(EVENT) == EVENT
    assert sent({"page": {"href": HREF}, "eventId": "e-2", "extra": [1]})["extra"] == [1]


def test_what_is_not_given_is_absent_or_filled_in(sent):
    event = sent(href=HREF)
    assert set(event) == {"event", "eventId", "occurredAt", "page", "sdk"}
    assert event["page"] == {"href": HREF, "domain": "example.com", "pathname": "/pricing"}
    major, minor = map(int, event["sdk"]["runtime"].rpartition("/")[2].split("."))
    assert event["sdk"] == {"name": "tpc-events", "version": tpc.__version__, "runtime": f"python/{major}.{minor}"}


@pytest.mark.parametrize("name", ["title", "canonical_url", "referrer", "user_agent", "client_ip", "method"])
def test_none_is_null(sent, name):
    event = sent(href=HREF, **{name: None})
    assert list({**event["page"], **event.get("request", {})}.values()).count(None) == 1


@pytest.mark.parametrize("text", ['quote " and \\', "line\nand \t tab", "\0 and \x1f", "naïve 日本 🦊", "", "%s {0} \\u0000"])
def test_any_text_arrives_as_it_was_given(sent, text):
    event = sent(href=HREF, title=text, user_agent="plain", properties={text: text, "other": "plain"})
    assert event["page"]["title"] == text
    assert event["properties"] == {text: text, "other": "plain"}


def test_every_character_that_json_escapes_arrives_by_itself(sent):
    for character in [*map(chr, range(0x20)), '"', "\\", "\x7f"]:
        assert sent(href=HREF, title=character)["page"]["title"] == character


def test_numbers_keep_their_type_and_size(sent):
    numbers = {"big": 10**30, "negative": -7, "tiny": 5e-324, "whole": 1.0, "true": True}
    found = sent(href=HREF, properties=numbers)["properties"]
    assert found == numbers and [type(value) for value in found.values()] == [int, int, float, float, bool]


def test_subclasses_count_as_what_they_are_made_of(sent):
    class Color(str, enum.Enum):
        RED = "red"

        def __str__(self):
            return "not this"

        __format__ = None

    class Level(enum.IntEnum):
        HIGH = 3

    class Ratio(float):
        def __repr__(self):
            return "not this"

    event = sent(href=HREF, title=Color.RED, properties={"a": Color.RED, "b": Level.HIGH, "c": Ratio(0.5)})
    assert (event["page"]["title"], event["properties"]) == ("red", {"a": "red", "b": 3, "c": 0.5})


def test_uuids_are_ids(sent):
    identifiers = {name: uuid.uuid4() for name in ("event_id", "session_id", "anonymous_id")}
    event = sent(href=HREF, **identifiers)
    assert [event[name] for name in ("eventId", "sessionId", "anonymousId")] == [str(i) for i in identifiers.values()]


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime.datetime(2026, 11, 23, 12, 0, 0, 0), "2026-11-23T12:00:00.000Z"),
        (datetime.datetime(2026, 11, 23, 12, 0, 0, 7000), "2026-11-23T12:00:00.007Z"),
        (datetime.datetime(2026, 11, 23, 12, 0, 0, 7001), "2026-11-23T12:00:00.007001Z"),
        (datetime.datetime(101, 1, 1), "0101-01-01T00:00:00.000Z"),
    ],
)
def test_a_datetime_is_sent_in_utc_to_the_microsecond(sent, time, text):
    assert sent(href=HREF, occurred_at=time.replace(tzinfo=datetime.timezone.utc))["occurredAt"] == text
    # RFC 3339 knows no seconds in an offset, and Python does.
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=17, seconds=32))
    local = time.replace(tzinfo=datetime.timezone.utc).astimezone(zone)
    assert sent(href=HREF, occurred_at=local)["occurredAt"] == text


EASTERN = datetime.timezone(datetime.timedelta(hours=1))


@pytest.mark.parametrize(
    ("fields", "pointer", "found"),
    [
        ({}, "/page", "missing"),
        ({"href": "pricing"}, "/page/href", "scheme"),
        ({"href": None}, "/page/href", "null"),
        ({"href": HREF, "title": 5}, "/page/title", "a number"),
        ({"href": HREF, "title": b"bytes"}, "/page/title", "bytes"),
        ({"href": HREF, "title": "\ud800"}, "/page/title", "lone surrogate"),
        ({"href": HREF, "occurred_at": "noon"}, "/occurredAt", ""),
        ({"href": HREF, "occurred_at": datetime.datetime(2026, 1, 1)}, "/occurredAt", "without a time zone"),
        ({"href": HREF, "occurred_at": datetime.datetime(1, 1, 1, tzinfo=EASTERN)}, "/occurredAt", "outside"),
        ({"href": HREF, "occurred_at": datetime.date(2026, 1, 1)}, "/occurredAt", "date"),
        ({"href": HREF, "properties": []}, "/properties", "an array"),
        ({"href": HREF, "properties": {"a": float("nan")}}, "/properties/a", "not finite"),
        ({"href": HREF, "properties": {"a": float("-inf")}}, "/properties/a", "not finite"),
        ({"href": HREF, "properties": {"a/b~c": {1}}}, "/properties/a~1b~0c", "set"),
        ({"href": HREF, "properties": {"a": "\udfff"}}, "/properties/a", "lone surrogate"),
        ({"href": HREF, "properties": {"\udfff": 1}}, "/properties", "lone surrogate"),
        ({"href": HREF, "properties": {1: "one"}}, "/properties", "int"),
        ({"href": HREF, "properties": {"a": [1]}}, "/properties/a", "an array"),
    ],
)
def test_what_is_wrong_is_refused_with_its_pointer(client, fields, pointer, found):
    sender = client()
    with pytest.raises(tpc.ValidationError) as caught:
        sender.track(**fields)
    assert caught.value.field == pointer
    assert found in caught.value.message
    assert caught.value.code == "TPC_ERROR_INVALID_EVENT"
    assert sender.stats().accepted == 0


def test_an_endless_mapping_is_refused(client):
    endless = {"event": "page_visit"}
    endless["self"] = endless
    with pytest.raises(tpc.ValidationError):
        client().track(endless)


def test_a_name_without_a_field_is_a_type_error_that_lists_the_fields(client):
    with pytest.raises(TypeError, match="'hreff'.* href, .*properties"):
        client().track(hreff=HREF)
    with pytest.raises(TypeError, match="not both"):
        client().track(tpc.PageVisit(href=HREF), title="Pricing")


def test_json_text_is_taken_as_it_is_and_refused_with_its_own_code(client, collector):
    sender = client()
    sender.track_json('{"event":"page_visit","page":{"href":"https://example.com/ü"}}'.replace("ü", "%C3%BC"))
    sender.track_json(b'{"event":"page_visit","page":{"href":"https://example.com/"}}')
    for text in ("{", "", "{}\0", b"\xff", "\ud800"):
        with pytest.raises(tpc.ValidationError) as caught:
            sender.track_json(text)
        assert caught.value.code == "TPC_ERROR_INVALID_JSON"
    assert sender.flush(60) == 0 and collector.totals()["good"] == 2


def test_keywords_for_type_checkers_are_page_visits_fields():
    visit = {name: field.type for name, field in tpc.PageVisit.__dataclass_fields__.items() if name != "properties"}
    keywords = {name: getattr(kind, "__forward_arg__", kind) for name, kind in _visit.VisitFields.__annotations__.items()}
    assert visit == keywords
    assert "properties" in inspect.signature(tpc.Client.track).parameters
    assert typing.get_type_hints(tpc.PageVisit)
