"""The collector misbehaves when it is asked to, for as many requests as it is asked to."""

import http.client
import json

import pytest
from sending import KEY, PATH, event, exchange, post


def test_a_status_is_answered_in_the_contracts_shape_and_the_event_is_not_taken(collector):
    collector.mode({"status": 503, "count": 1})
    status, answer = post(collector.url, event(eventId="1"))
    assert (status, answer["ok"], answer["code"]) == (503, False, "service_unavailable")
    assert collector.totals()["by_status"] == {"503": 1}
    assert collector.totals()["good"] == 0
    assert collector.bad()[0]["event"]["eventId"] == "1"


def test_a_mode_ends_after_its_count_and_the_next_begins(collector):
    collector.mode({"status": 503, "count": 2}, {"count": 1}, {"status": 429, "count": 1})
    collector.mode({"status": 500, "count": 1})
    assert [post(collector.url, event())[0] for _ in range(6)] == [503, 503, 200, 429, 500, 200]


def test_a_mode_without_a_count_lasts_until_another_is_set(collector):
    collector.mode({"status": 503})
    assert [post(collector.url, event())[0] for _ in range(3)] == [503] * 3
    collector.mode({"status": 500, "count": 1})
    assert [post(collector.url, event())[0] for _ in range(2)] == [500, 200]


@pytest.mark.parametrize("clearing", [b"{}", b"null"])
def test_an_empty_mode_goes_back_to_normal(collector, clearing):
    collector.mode({"status": 503})
    assert post(collector.url, clearing, path="/_tpc/mode")[0] == 200
    assert post(collector.url, event())[0] == 200


def test_headers_go_with_the_answer(collector):
    collector.mode({"status": 503, "retry_after": 7, "should_retry": False, "headers": {"Retry-After-Ms": "70"}, "count": 1})
    _, headers, _ = exchange(collector.url, event())
    assert (headers["retry-after"], headers["x-should-retry"], headers["retry-after-ms"]) == ("7", "false", "70")


def test_another_success_takes_the_event(collector):
    collector.mode({"status": 202, "count": 1})
    assert post(collector.url, event())[0] == 202
    assert collector.totals()["good"] == 1
    assert collector.totals()["by_status"] == {"202": 1}


def test_another_success_does_not_take_a_bad_event(collector):
    collector.mode({"status": 202, "count": 1})
    assert post(collector.url, event(eventId=""))[0] == 422


def test_a_success_without_a_body_has_none(collector):
    collector.mode({"status": 204, "count": 1})
    status, _, body = exchange(collector.url, event())
    assert (status, body) == (204, b"")


@pytest.mark.parametrize(("when", "good"), [("before", 0), ("after", 1)])
def test_the_connection_closes_without_an_answer_before_or_after_taking_the_event(collector, when, good):
    collector.mode({"close": when, "count": 1})
    with pytest.raises(http.client.RemoteDisconnected):
        post(collector.url, event(eventId="1"))
    totals = collector.totals()
    assert (totals["received"], totals["good"], totals["by_status"]) == (1, good, {"closed": 1})
    assert collector.all()[0]["status"] is None
    assert post(collector.url, event(eventId="1"))[0] == 200
    assert collector.totals()["duplicates"] == good


def test_a_truncated_body_ends_before_its_length_and_the_event_is_taken(collector):
    collector.mode({"body": "truncated", "count": 1})
    with pytest.raises(http.client.IncompleteRead) as caught:
        post(collector.url, event())
    assert caught.value.partial and caught.value.expected > 0
    assert collector.totals()["good"] == 1


@pytest.mark.parametrize("body", ["garbage", "empty", "foreign", "{} and more"])
def test_another_body_replaces_the_contracts(collector, body):
    collector.mode({"body": body, "count": 1})
    status, _, answer = exchange(collector.url, event())
    assert status == 200
    with pytest.raises(ValueError):
        json.loads(answer)
    assert collector.totals()["good"] == 1


def test_a_delayed_answer_leaves_the_event_taken_at_once(collector):
    collector.mode({"delay_ms": 600_000, "count": 1})
    connection = http.client.HTTPConnection("127.0.0.1", collector.port)
    connection.request("POST", PATH, json.dumps(event()), KEY)
    assert collector.wait(1)["good"] == 1
    connection.close()


def test_a_delayed_answer_comes_in_the_end(collector):
    collector.mode({"delay_ms": 20, "status": 503, "count": 1})
    assert post(collector.url, event())[0] == 503


def test_faults_are_not_used_up_by_requests_to_other_paths(collector):
    collector.mode({"status": 503, "count": 1})
    assert post(collector.url, event(), path="/elsewhere")[0] == 404
    assert post(collector.url, event())[0] == 503


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ({"status": 99}, "status"), ({"status": "503"}, "status"), ({"status": True}, "status"), ({"count": 0}, "count"),
        ({"close": "now"}, "close"), ({"close": "after", "status": 200}, "close"), ({"delay_ms": -1}, "delay_ms"),
        ({"headers": {"a b": "c"}}, "headers"), ({"headers": {"a": "b\r\nc: d"}}, "headers"), ({"headers": {"a": []}}, "headers"),
        ({"retry_after": "1\n"}, "retry_after"), ({"should_retry": "true"}, "should_retry"), ({"body": 1}, "body"),
        ({"stats": 503}, "stats"), ([{"status": 503}, {"status": 500}], "count"),
    ],
)  # fmt: skip
def test_a_wrong_mode_is_refused_by_name_and_changes_nothing(collector, mode, names):
    status, answer = post(collector.url, mode, path="/_tpc/mode")
    assert (status, answer["ok"]) == (422, False)
    assert answer["message"].startswith(names + ": ")
    assert post(collector.url, event())[0] == 200
