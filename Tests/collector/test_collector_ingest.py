"""The endpoint answers as the contract says."""

import json
import socket

import pytest
from sending import KEY, PATH, event, exchange, post
from tpc_collector.formats import is_date_time
from tpc_collector.ingest import MAX_BODY_BYTES


def test_a_good_event_is_accepted_with_its_own_id(collector):
    status, answer = post(collector.url, event(eventId="visit-1"))
    assert status == 200
    received_at = answer["data"]["data"].pop("receivedAt")
    assert is_date_time(received_at)
    data = {"accepted": True, "eventId": "visit-1", "status": "accepted"}
    assert answer == {"ok": True, "data": {"ok": True, "data": data}}


def test_an_event_without_an_id_is_given_one(collector):
    first, second = (post(collector.url, event())[1]["data"]["data"]["eventId"] for _ in range(2))
    assert first and second and first != second
    assert [kept["event_id"] for kept in collector.good()] == [first, second]


def test_an_event_with_every_member_and_unknown_ones_is_accepted(collector):
    full = event(
        occurredAt="2026-01-31T12:00:00.5+02:00", eventId="1", sessionId=None, anonymousId="a",
        request={"referrer": None, "userAgent": "GPTBot", "clientIp": "192.0.2.1", "method": "GET", "more": [1]},
        sdk={"name": "n", "version": "1", "runtime": "r"}, properties={"a": "b", "c": 1.5, "d": True, "e": None},
        unknown={"deep": [{}]},
    )  # fmt: skip
    full["page"].update(domain="example.com", pathname="/docs", title=None, canonicalUrl=None)
    assert post(collector.url, full)[0] == 200
    assert collector.good()[0]["event"] == full


WRONG = [
    ("", []), ("", "text"), ("", None), ("", 1),
    ("/event", event(event="click")), ("/event", event(event=None)), ("/event", event(event="PAGE_VISIT")), ("/event", {"page": {"href": "a:"}}),
    ("/page", {"event": "page_visit"}), ("/page", event(page=None)), ("/page", event(page=[])),
    ("/page/href", event(page={})), ("/page/href", event(page={"href": None})), ("/page/href", event(page={"href": "/x"})),
    ("/page/canonicalUrl", event(page={"href": "a:", "canonicalUrl": "example.com"})),
    ("/page/domain", event(page={"href": "a:", "domain": None})),
    ("/page/pathname", event(page={"href": "a:", "pathname": 1})),
    ("/page/title", event(page={"href": "a:", "title": False})),
    ("/occurredAt", event(occurredAt="2026-02-30T00:00:00Z")), ("/occurredAt", event(occurredAt=None)),
    ("/eventId", event(eventId="")), ("/eventId", event(eventId=None)), ("/eventId", event(eventId=1)),
    ("/sessionId", event(sessionId=0)), ("/anonymousId", event(anonymousId={})),
    ("/request", event(request=None)), ("/request/referrer", event(request={"referrer": 1})),
    ("/request/userAgent", event(request={"userAgent": []})), ("/request/clientIp", event(request={"clientIp": True})),
    ("/request/method", event(request={"method": {}})),
    ("/sdk", event(sdk=None)), ("/sdk/name", event(sdk={"name": None})), ("/sdk/version", event(sdk={"version": 1})),
    ("/sdk/runtime", event(sdk={"runtime": []})),
    ("/properties", event(properties=None)), ("/properties", event(properties=[])),
    ("/properties/a~1b~0c", event(properties={"a/b~c": []})), ("/properties/", event(properties={"": {}})),
]  # fmt: skip


@pytest.mark.parametrize(("pointer", "body"), WRONG)
def test_a_wrong_member_is_refused_with_a_pointer_to_it(collector, pointer, body):
    status, answer = post(collector.url, body)
    assert (status, answer["ok"], answer["code"]) == (422, False, "validation_failed")
    assert {detail["pointer"] for detail in answer["details"]} == {pointer}


def test_every_problem_of_an_event_is_named_once(collector):
    _, answer = post(collector.url, {"sdk": 1})
    assert [detail["pointer"] for detail in answer["details"]] == ["/sdk", "/event", "/page"]


def test_a_refusal_does_not_quote_the_visitors_data(collector):
    _, _, answer = exchange(collector.url, event(sessionId=["s3cret"], occurredAt="s3cret", event="s3cret"))
    assert b"s3cret" not in answer


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"event":"page_visit"} x', b'\xef\xbb\xbf{}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_a_bad_request(collector, body):
    status, answer = post(collector.url, body)
    assert (status, answer["ok"], answer["code"]) == (400, False, "bad_request")
    assert answer["message"].startswith("The body is not JSON: ")


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("api_key", {"X-API-Key": "k"}),
        ("bearer_token", {"Authorization": "Bearer t"}),
        ("bearer_token", {"authorization": "bearer t"}),
        ("session_token", {"Cookie": "a=b; better-auth.session_token=s; c=d"}),
    ],
)
def test_each_kind_of_credential_is_accepted_and_its_kind_kept(collector, kind, header):
    assert post(collector.url, event(), {"content-type": "application/json", **header})[0] == 200
    assert collector.good()[0]["credential"] == kind


@pytest.mark.parametrize(
    "header",
    [{}, {"x-api-key": ""}, {"x-api-key": " "}, {"authorization": "Bearer "}, {"authorization": "Basic dTpw"},
     {"cookie": "session_token=s"}, {"cookie": "better-auth.session_token="}],
)  # fmt: skip
def test_a_request_without_a_credential_is_refused(collector, header):
    status, answer = post(collector.url, event(), {"content-type": "application/json", **header})
    assert (status, answer["ok"], answer["code"]) == (401, False, "unauthorized")


def test_a_credentials_value_is_neither_kept_nor_printed(collector):
    secrets = {"x-api-key": "s3cret-1", "authorization": "Bearer s3cret-2", "cookie": "x=s3cret-3"}
    post(collector.url, event(), {**KEY, **secrets})
    assert "s3cret" not in json.dumps(collector.all()) + "".join(collector.lines)
    assert collector.all()[0]["headers"]["x-api-key"] == "(not kept)"


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type_is_refused(collector, content_type):
    assert post(collector.url, event(), {**KEY, "content-type": content_type})[0] == 415


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_parameters_and_case_of_the_content_type_do_not_matter(collector, content_type):
    assert post(collector.url, event(), {**KEY, "content-type": content_type})[0] == 200


def test_a_compressed_body_is_refused(collector):
    assert post(collector.url, event(), {**KEY, "content-encoding": "gzip"})[0] == 415


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_above_the_limit_is_refused_and_one_at_it_is_not(collector, chunked):
    def body(length):
        text = json.dumps(event(sessionId="")).encode()
        return text.replace(b'"sessionId": "', b'"sessionId": "' + b"x" * (length - len(text)))

    headers = {**KEY, **({"transfer-encoding": "chunked"} if chunked else {})}

    def send(data):
        return post(collector.url, b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data) if chunked else data, headers)[0]

    assert send(body(MAX_BODY_BYTES)) == 200
    assert send(body(MAX_BODY_BYTES + 1)) == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused_and_the_right_one_named(collector, method):
    status, headers, answer = exchange(collector.url, b"", method=method)
    assert (status, headers["allow"], json.loads(answer)["code"]) == (405, "POST", "method_not_allowed")


@pytest.mark.parametrize("path", ["/", PATH + "/", PATH.upper(), "/api/v1/analytics", "/_tpc/nothing"])
def test_an_unknown_path_is_not_found(collector, path):
    status, answer = post(collector.url, event(), path=path)
    assert (status, answer["ok"], answer["code"]) == (404, False, "not_found")


def test_a_query_does_not_change_the_endpoint_and_is_not_kept(collector):
    assert post(collector.url, event(), path=PATH + "?api_key=s3cret")[0] == 200
    assert "s3cret" not in json.dumps(collector.all())


def test_a_request_that_ends_early_is_not_recorded(collector):
    with socket.create_connection(("127.0.0.1", collector.port)) as connection:
        connection.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{" % PATH.encode())
    assert post(collector.url, event())[0] == 200
    assert collector.totals()["received"] == 1
