"""The endpoints under /_tpc say what was received."""

import json
import threading

import pytest
from sending import event, exchange, post
from support.servers.collector_process import CollectorProcess


def test_totals_count_good_bad_distinct_and_repeated(collector):
    for identifier in ("1", "2", "1", "1"):
        post(collector.url, event(eventId=identifier))
    post(collector.url, event(eventId=""))
    post(collector.url, b"{")
    assert collector.totals() == {
        "received": 6, "good": 4, "bad": 2, "distinct_ids": 2, "duplicates": 2,
        "by_status": {"200": 4, "400": 1, "422": 1}, "agents": {}, "answers": {},
    }  # fmt: skip
    assert [kept["duplicate"] for kept in collector.good()] == [False, False, True, True]


def test_agents_and_people_from_ai_answers_are_counted_and_named(collector):
    for identifier, request in (("1", {"userAgent": "GPTBot/1.2"}), ("2", {"userAgent": "gptbot"}), ("3", {"referrer": "https://claude.ai/"})):
        post(collector.url, event(eventId=identifier, request=request))
    post(collector.url, event(eventId="", request={"userAgent": "GPTBot/1.2"}))
    totals = collector.totals()
    assert (totals["agents"], totals["answers"]) == ({"GPTBot": 2}, {"Claude": 1})
    assert [(kept["agent"], kept["answer"]) for kept in collector.good()] == [("GPTBot", None), ("GPTBot", None), (None, "Claude")]


def test_good_and_bad_are_told_apart_and_listed_in_order_of_arrival(collector):
    for identifier in ("1", "", "2", ""):
        post(collector.url, event(eventId=identifier))
    assert [kept["number"] for kept in collector.all()] == [1, 2, 3, 4]
    assert [kept["number"] for kept in collector.good()] == [1, 3]
    assert [(kept["number"], kept["verdict"], kept["status"]) for kept in collector.bad()] == [(2, "bad", 422), (4, "bad", 422)]
    assert collector.bad()[0]["reason"] == "/eventId is empty"
    assert collector.bad()[0]["details"] == [{"pointer": "/eventId", "message": "is empty"}]


def test_a_limit_gives_the_last_ones(collector):
    for identifier in "123":
        post(collector.url, event(eventId=identifier))
    assert [kept["event_id"] for kept in collector.all(limit=2)] == ["2", "3"]
    assert collector.all(limit=0) == []


def test_the_body_is_kept_as_it_was_sent_and_so_are_the_events_numbers(collector):
    body = '{ "event":"page_visit","page":{"href":"a:"},"properties":{"n":1e400,"m":-0,"k":123456789012345678901234567890} }'
    post(collector.url, body.encode())
    kept = collector.good()[0]
    assert kept["body"] == body
    _, _, answer = exchange(collector.url, b"", method="GET", path="/_tpc/good")
    numbers = json.loads(answer, parse_float=str, parse_int=str)["events"][0]["event"]["properties"]
    assert numbers == {"n": "1e400", "m": "-0", "k": "123456789012345678901234567890"}


def test_a_body_that_is_not_utf8_is_given_in_base64(collector):
    post(collector.url, b"\xff\xfe")
    kept = collector.bad()[0]
    assert (kept["body_base64"], kept["event"], "body" in kept) == ("//4=", None, False)


def test_only_the_last_requests_are_kept_but_all_are_counted():
    with CollectorProcess("--keep", "2", "--quiet") as collector:
        for identifier in ("1", "2", "3", "1"):
            post(collector.url, event(eventId=identifier))
        assert [kept["event_id"] for kept in collector.all()] == ["3", "1"]
        totals = collector.totals()
        assert (totals["received"], totals["good"], totals["distinct_ids"], totals["duplicates"]) == (4, 4, 3, 1)


def test_reset_forgets_requests_counters_and_modes(collector):
    collector.mode({"status": 503})
    post(collector.url, event(eventId="1"))
    collector.reset()
    assert collector.totals()["received"] == 0
    assert collector.all() == []
    assert post(collector.url, event(eventId="1"))[0] == 200
    assert collector.totals()["duplicates"] == 0


def test_wait_returns_when_the_last_event_it_waits_for_arrives(collector):
    post(collector.url, event())
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(collector.wait(3, timeout=30)))
    waiting.start()
    post(collector.url, b"{")
    post(collector.url, event())
    post(collector.url, event())
    waiting.join()
    assert answers[0]["good"] == 3


def test_wait_says_so_when_the_events_do_not_come_in_time(collector):
    post(collector.url, event())
    status, answer = post(collector.url, b"", method="GET", path="/_tpc/wait?count=2&timeout=0.01")
    assert (status, answer["totals"]["good"]) == (408, 1)


@pytest.mark.parametrize("query", ["count=x", "count=-1", "timeout=nan", "timeout=inf", "count=1.5"])
def test_wait_refuses_what_is_not_a_number(collector, query):
    status, answer = post(collector.url, b"", method="GET", path=f"/_tpc/wait?{query}")
    assert (status, answer["ok"]) == (422, False)
    assert answer["message"].startswith(query.partition("=")[0] + ": ")


def test_control_requests_are_not_counted_themselves(collector):
    collector.all()
    assert collector.totals()["received"] == 0


@pytest.mark.parametrize(("host", "status"), [("evil.example", 403), ("evil.example:3000", 403), ("localhost:1", 200), ("[::1]:1", 200)])
def test_a_web_page_under_a_foreign_name_cannot_read_what_was_received(collector, host, status):
    assert post(collector.url, b"", {"host": host}, method="GET", path="/_tpc/all")[0] == status
