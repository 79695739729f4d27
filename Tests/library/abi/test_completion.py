"""What track fills in, and what it leaves as it is."""

import datetime
import json
import re
import time

import pytest
from support.header import constants
from support.library import TPCError, shared
from support.objects import Client, Event
from support.servers.collector_process import CollectorProcess
from support.servers.fault_server import FaultServer, Reply

from .fields import FIELDS, values_of

VISIT = {"event": "page_visit", "page": {"href": "https://example.com/"}}
# Clocks of the kernel may differ by some milliseconds; the point is that it is now, in UTC.
CLOCK_MS = 2000


def visit(href="https://example.com/", **members):
    event = {"event": "page_visit", "page": {"href": href}, **members}
    event["page"] = {"href": href, **members.get("page", {})}
    return event


def milliseconds(text):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def test_an_event_id_is_a_uuid_of_version_7_with_the_time_of_the_call(sent):
    before = time.time() * 1000
    ids = [sent(VISIT)["eventId"] for _ in range(20)]
    after = time.time() * 1000
    assert len(set(ids)) == 20
    for text in ids:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text)
        assert before - CLOCK_MS <= int(text.replace("-", "")[:12], 16) <= after + CLOCK_MS


def test_the_random_bits_of_event_ids_differ(sent):
    ids = [int(sent(VISIT)["eventId"].replace("-", ""), 16) for _ in range(64)]
    for bit in [*range(62), *range(64, 76)]:
        assert 0 < sum(number >> bit & 1 for number in ids) < 64, bit


def test_the_time_is_that_of_the_call_in_utc_with_milliseconds(sent):
    before = time.time() * 1000
    at = milliseconds(sent(VISIT)["occurredAt"])
    assert before - CLOCK_MS <= at <= time.time() * 1000 + CLOCK_MS


def test_one_event_tracked_twice_is_two_visits(server, client):
    one = client()
    with Event("https://example.com/") as event:
        one.track(event)
        one.track(event)
        assert event.text() == b'{"event":"page_visit","page":{"href":"https://example.com/"}}'
    one.flush()
    assert len({json.loads(request.body)["eventId"] for request in server.requests}) == 2


@pytest.mark.parametrize(
    ("href", "domain", "pathname"),
    [
        ("https://example.com/pricing", "example.com", "/pricing"),
        ("https://Example.COM:8443/A/b?x=1#y", "example.com", "/A/b"),
        ("https://example.com", "example.com", "/"),
        ("https://example.com?x=/y", "example.com", "/"),
        ("https://example.com#/x", "example.com", "/"),
        ("https://user:secret@example.com/", "example.com", "/"),
        ("http://192.0.2.1:80/x", "192.0.2.1", "/x"),
        ("http://[2001:DB8::1]:80/x", "[2001:db8::1]", "/x"),
        ("https://xn--bcher-kva.example/%C3%BC", "xn--bcher-kva.example", "/%C3%BC"),
        ("https://example.com//a/../b;c", "example.com", "//a/../b;c"),
        ("mailto:someone@example.com", None, "someone@example.com"),
        ("urn:isbn:0451450523?+x", None, "isbn:0451450523"),
        ("file:///etc/hosts", None, "/etc/hosts"),
    ],
)
def test_domain_and_pathname_are_taken_from_the_href(href, domain, pathname, sent):
    page = sent(visit(href))["page"]
    assert (page.get("domain"), page.get("pathname")) == (domain, pathname)
    with Event(href) as event:
        page = sent(event)["page"]
    assert (page.get("domain"), page.get("pathname")) == (domain, pathname)


def test_domain_and_pathname_that_are_given_stay(sent):
    for page in ({"domain": "Other.example"}, {"pathname": ""}, {"domain": "", "pathname": "/other"}):
        expected = {"href": "https://example.com/a", "domain": "example.com", "pathname": "/a", **page}
        assert sent(visit("https://example.com/a", page=page))["page"] == expected


def test_sdk_is_filled_in_when_all_of_it_is_absent(sent):
    version = shared().tpc_version_string().decode()
    assert sent(VISIT)["sdk"] == {"name": "libtpc", "version": version, "runtime": "c"}
    options = {"sdk_name": 'tpc-"python"', "sdk_version": "9.8.7", "sdk_runtime": "python é"}
    assert sent(VISIT, **options)["sdk"] == {"name": 'tpc-"python"', "version": "9.8.7", "runtime": "python é"}


@pytest.mark.parametrize("sdk", [{}, {"name": "mine"}, {"version": "1"}, {"runtime": "r"}, {"other": 1}])
def test_an_sdk_that_is_there_stays_as_it_is(sdk, sent):
    assert sent({**VISIT, "sdk": sdk})["sdk"] == sdk


def test_an_sdk_field_that_was_set_stays_alone(sent):
    with Event("x:y") as event:
        event.set(constants.TPC_FIELD_SDK_NAME, "mine")
        assert sent(event)["sdk"] == {"name": "mine"}
        event.clear()
        event.set(constants.TPC_FIELD_PAGE_HREF, "x:y")
        assert sent(event)["sdk"]["name"] == "libtpc"


def test_everything_that_is_given_arrives_as_it_was(sent):
    with Event() as event:
        for field in FIELDS:
            event.set(field.number, values_of(field)[0])
        for key, value in (
            ("text", 'a "b"\n'),
            ("number", 0.1),
            ("integer", -(2**63)),
            ("boolean", True),
            ("null", None),
        ):
            event.set_property(key, value)
        assert sent(event) == event.json()


def test_nulls_and_unknown_members_arrive(sent):
    event = visit(
        sessionId=None,
        anonymousId=None,
        request={"referrer": None, "x": [1]},
        page={"title": None, "y": {}},
        z={"a": 1},
    )
    body = sent(event)
    for name in ("sessionId", "anonymousId", "request", "z"):
        assert body[name] == event[name]
    assert body["page"]["title"] is None and body["page"]["y"] == {}


def test_nothing_else_is_made_up(sent):
    assert set(sent(VISIT)) == {"event", "occurredAt", "eventId", "page", "sdk"}
    assert set(sent(VISIT)["page"]) == {"href", "domain", "pathname"}


def test_a_retry_sends_the_same_bytes():
    with FaultServer([Reply(503), Reply(503)]) as server:
        with Client(base_url=server.url, api_key="x", retry_initial_ms=1, retry_max_ms=1, log_level="off") as client:
            client.track_json(json.dumps(VISIT))
            client.flush()
        assert len(server.requests) == 3
        assert len({request.body for request in server.requests}) == 1


def test_the_contract_takes_what_was_filled_in():
    with CollectorProcess() as collector, Client(base_url=collector.url, api_key="x", log_level="off") as client:
        with Event("https://example.com/") as event:
            client.track(event)
            for field in FIELDS:
                event.set(field.number, values_of(field)[0])
            event.set(constants.TPC_FIELD_OCCURRED_AT, "2026-01-31T12:00:00Z")
            event.set_property("number", 5e-324)
            client.track(event)
        client.track_json(json.dumps(visit("mailto:a@example.com", request={}, sdk={}, properties={})))
        assert client.close() == 0
        assert client_totals(collector) == (3, 3, 0)


def client_totals(collector):
    totals = collector.totals()
    return totals["received"], totals["good"], totals["bad"]


# ---- Events that are left out, or too large ----


def test_a_disabled_client_takes_events_and_sends_none(server, client):
    one = client(enabled=False)
    with Event("https://example.com/") as event:
        one.track(event)
    # Whatever it is: nothing is looked at.
    with Event() as event:
        one.track(event)
    for text in (json.dumps(VISIT), "{}", "{", "", b"\xff"):
        one.track_json(text)
    one.flush()
    statistics = one.statistics()
    assert (statistics["disabled"], statistics["accepted"], statistics["requests"]) == (7, 0, 0)
    assert statistics["refused_invalid"] == 0
    assert one.close() == 0
    assert server.connections == 0


def test_a_dry_run_delivers_without_the_network(server, client):
    one = client(dry_run=True, report_capacity=10)
    one.track_json(json.dumps({**VISIT, "eventId": "dry"}))
    one.flush()
    statistics = one.statistics()
    assert (statistics["accepted"], statistics["delivered"], statistics["requests"]) == (1, 1, 0)
    report = one.poll()
    assert (report.outcome, report.event_id) == (constants.TPC_OUTCOME_DELIVERED, "dry")
    assert (report.http_status, report.attempts) == (0, 0)
    with pytest.raises(TPCError) as refused:
        one.track_json("{}")
    assert refused.value.name == "TPC_ERROR_INVALID_EVENT"
    assert one.close() == 0
    assert server.connections == 0


def test_an_event_as_large_as_max_event_bytes_is_sent_and_a_larger_one_refused(server, client):
    event = json.dumps({**VISIT, "eventId": "x", "occurredAt": "2026-01-31T12:00:00Z", "filling": "x" * 2000})
    first = client()
    first.track_json(event)
    first.flush()
    size = len(server.requests[0].body)
    exact, smaller = client(max_event_bytes=size), client(max_event_bytes=size - 1)
    exact.track_json(event)
    exact.flush()
    assert server.requests[1].body == server.requests[0].body
    with pytest.raises(TPCError) as refused:
        smaller.track_json(event)
    assert refused.value.name == "TPC_ERROR_TOO_LARGE"
    assert refused.value.message == f"found an event of {size} bytes; expected at most {size - 1} (max_event_bytes)"
    statistics = smaller.statistics()
    assert (statistics["refused_too_large"], statistics["accepted"]) == (1, 0)


def test_events_of_32_kib_are_sent_unless_the_option_says_otherwise(client):
    one = client(dry_run=True)
    with Event("x:y") as event:
        event.set(constants.TPC_FIELD_PAGE_TITLE, "x" * 32_400)
        one.track(event)
        event.set(constants.TPC_FIELD_PAGE_TITLE, "x" * 32_768)
        with pytest.raises(TPCError) as refused:
            one.track(event)
    assert "32768 (max_event_bytes)" in refused.value.message


def test_what_is_refused_is_counted_by_its_reason(client):
    one = client(dry_run=True)
    for text in ("{", "{}", '{"event":"page_visit"}', '{"event":"page_visit","page":{"href":"no URI"}}'):
        with pytest.raises(TPCError):
            one.track_json(text)
    with Event() as event, pytest.raises(TPCError) as refused:
        one.track(event)
    assert (refused.value.name, refused.value.field) == ("TPC_ERROR_INVALID_EVENT", "/page/href")
    statistics = one.statistics()
    assert (statistics["refused_invalid"], statistics["accepted"]) == (5, 0)
