"""What becomes of an event for every answer that the contract names, and for those that it does not."""

import gzip
import json

import pytest
from support.servers.fault_server import FaultServer, Flood, Raw, Reply

from .library import DELIVERED, REJECTED, Client

ACCEPTANCE = {
    "ok": True,
    "data": {
        "ok": True,
        "data": {
            "accepted": True,
            "eventId": "one",
            "status": "accepted",
            "receivedAt": "2026-01-31T12:00:00.000Z",
        },
    },
}


def acceptance(**changes):
    """The contract's body of a 200 with members of the inmost object changed, or left out when None."""
    inmost = {**ACCEPTANCE["data"]["data"], **changes}
    inmost = {name: value for name, value in inmost.items() if value is not None}
    return json.dumps({"ok": True, "data": {"ok": True, "data": inmost}}).encode()


ODD_BODIES = {
    "empty": b"",
    "a word": b"OK",
    "HTML": b"<!doctype html><title>Welcome</title>",
    "no object": b"[]",
    "null": b"null",
    "an empty object": b"{}",
    "ok false": json.dumps({**ACCEPTANCE, "ok": False}).encode(),
    "no data": b'{"ok":true}',
    "data of another type": b'{"ok":true,"data":"yes"}',
    "not accepted": acceptance(accepted=False),
    "another status": acceptance(status="queued"),
    "no eventId": acceptance(eventId=None),
    "an eventId that is a number": acceptance(eventId=7),
    "no receivedAt": acceptance(receivedAt=None),
    "a receivedAt that is not a date-time": acceptance(receivedAt="yesterday"),
    "cut JSON": json.dumps(ACCEPTANCE).encode()[:-9],
    "bytes that are not UTF-8": b"\xff\xfe\x00\x80",
    "deep nesting": b"[" * 50_000,
    "a NUL in a text": b'{"ok":true,"code":"a\\u0000b"}',
}


def sent_to(script, **options):
    """The report on one event sent to a server with this script, and the statistics then."""
    with FaultServer(script) as server, Client(server.url, **options) as client:
        client.track("one")
        (report,) = client.reports(1)
        stats = client.stats()
        assert stats.requests == len(server.requests)
        assert stats.pending == stats.in_flight == stats.queue_bytes == 0
        assert report.event_id == "one"
        return report, stats


@pytest.mark.parametrize("status", [200, 201, 202, 299])
def test_any_2xx_with_the_contracts_body_is_delivered(status):
    report, stats = sent_to([Reply(status)])
    assert (report.outcome, report.http_status, report.attempts) == (DELIVERED, status, 1)
    assert report.received_at == "2026-01-31T12:00:00.000Z"
    assert (report.code, report.message, report.details) == ("", "", "")
    assert (stats.delivered, stats.odd_responses, stats.failed_requests, stats.retries) == (1, 0, 0, 0)


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_a_200_with_another_body_is_delivered_and_counted_as_odd(body):
    report, stats = sent_to([Reply(200, body=body)])
    assert (report.outcome, report.http_status, report.attempts) == (DELIVERED, 200, 1)
    assert (stats.delivered, stats.odd_responses, stats.failed_requests) == (1, 1, 0)


def test_a_204_is_delivered_and_odd():
    report, stats = sent_to([Reply(204)])
    assert (report.outcome, report.http_status) == (DELIVERED, 204)
    assert stats.odd_responses == 1


def test_members_that_the_contract_does_not_name_make_no_body_odd():
    body = json.dumps({**ACCEPTANCE, "trace": [1, {"deep": None}]}).encode()
    assert sent_to([Reply(200, body=body)])[1].odd_responses == 0


def test_a_compressed_200_that_nobody_asked_for_is_delivered_and_odd():
    body = gzip.compress(json.dumps(ACCEPTANCE).encode())
    report, stats = sent_to([Reply(200, {"Content-Encoding": "gzip"}, body)])
    assert report.outcome == DELIVERED and stats.odd_responses == 1


def test_a_200_whose_body_is_cut_short_is_delivered_and_odd():
    report, stats = sent_to([Reply(200, declared_length=5000)])
    assert report.outcome == DELIVERED and stats.odd_responses == 1 and stats.requests == 1


def test_a_200_with_an_endless_body_is_delivered_and_not_read_to_its_end():
    with FaultServer([Flood(1 << 40)]) as server, Client(server.url) as client:
        client.track("one", "two")
        assert [report.outcome for report in client.reports(2)] == [DELIVERED, DELIVERED]
        assert client.stats().odd_responses == 1


@pytest.mark.parametrize("size, odd", [(65_536, 0), (65_537, 1)])
def test_a_body_is_read_to_64_KiB(size, odd):
    body = json.dumps(ACCEPTANCE).encode()
    assert sent_to([Reply(200, body=body + b" " * (size - len(body)))])[1].odd_responses == odd


def test_a_chunked_answer_is_read():
    body = json.dumps(ACCEPTANCE).encode()
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    report, stats = sent_to([Raw(raw)])
    assert report.outcome == DELIVERED and stats.odd_responses == 0


def test_interim_answers_before_the_final_one_are_passed_over():
    report, stats = sent_to([Reply(200, informational=500)])
    assert (report.outcome, report.http_status, stats.requests) == (DELIVERED, 200, 1)


@pytest.mark.parametrize(
    "status", [400, 402, 405, 406, 410, 411, 413, 414, 415, 418, 422, 426, 428, 431, 451, 499, 501, 505]
)
def test_what_can_never_be_taken_is_rejected_at_once_with_the_servers_words(status):
    body = {"ok": False, "code": "bad_event", "message": "No: “page”", "details": {"path": ["page", 0], "n": None}}
    report, stats = sent_to([Reply(status, body=json.dumps(body).encode())])
    assert (report.outcome, report.http_status, report.attempts) == (REJECTED, status, 1)
    assert (report.code, report.message) == ("bad_event", "No: “page”")
    assert json.loads(report.details) == body["details"]
    assert report.received_at == ""
    assert (stats.rejected, stats.failed_requests, stats.retries, stats.odd_responses) == (1, 1, 0, 0)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code":7,"message":[]}', b'{"code":', b"\xff", b"[" * 60_000])
def test_a_rejection_without_the_contracts_body_is_reported_by_its_status_only(body):
    report, _ = sent_to([Reply(400, body=body)])
    assert (report.outcome, report.http_status) == (REJECTED, 400)
    assert (report.code, report.message, report.details) == ("", "", "")


@pytest.mark.parametrize("status", [400, 401, 503])
@pytest.mark.parametrize("depth", [500, 1700, 2040, 16_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_no_depth_of_an_answer_ends_the_host(status, depth, brackets):
    """The sender's stack has 512 KiB, and whoever answers chooses how deep an answer is."""
    opening, closing = ("[", "]") if brackets == "[]" else ('{"a":', "}")
    details = f"{opening * depth}1{closing * depth}"
    body = f'{{"code":"c","message":"m","details":{details}}}'.encode()
    report, stats = sent_to([Reply(status, body=body)])
    if status == 400:
        # The reader takes 512 levels; a deeper answer is not read. Details are kept up to 2,048 bytes.
        said = ("c", "m", details if len(details) <= 2048 else "") if depth < 512 else ("", "", "")
        assert (report.outcome, (report.code, report.message, report.details)) == (REJECTED, said)
    else:
        assert (report.outcome, stats.retries) == (DELIVERED, 1)
    with FaultServer([Reply(status, body=body)]) as server, Client(server.url, report_capacity=0) as client:
        client.track("one")
        assert client.flush() == (0, 0)
        assert client.stats().requests == (1 if status == 400 else 2)


def test_a_report_keeps_a_part_of_what_the_server_said():
    body = json.dumps({"code": "ü" * 1000, "message": "m" * 60_000, "details": {"a": "d" * 3000}}, ensure_ascii=False)
    report, _ = sent_to([Reply(400, body=body.encode())])
    assert (report.code, report.message, report.details) == ("ü" * 256, "m" * 512, "")
    report, _ = sent_to([Reply(400, body=b'{ "details" : { "a b" : [ 1.50,\n 2 ] } }')])
    assert report.details == '{"a b":[1.50,2]}'


@pytest.mark.parametrize(
    "details, wanted", [("7", 7), ('"text"', "text"), ("[1,2]", [1, 2]), ("false", False), ("null", None)]
)
def test_details_of_any_type_are_reported_as_json(details, wanted):
    body = b'{"ok":false,"code":"c","message":"m","details":%s}' % details.encode()
    assert json.loads(sent_to([Reply(422, body=body)])[0].details) == wanted


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 507, 511, 520, 599])
def test_a_failure_that_may_pass_is_tried_again(status):
    report, stats = sent_to([Reply(status)])
    assert (report.outcome, report.http_status, report.attempts) == (DELIVERED, 200, 2)
    assert (stats.requests, stats.failed_requests, stats.retries) == (2, 1, 1)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 401, 403, 404, 407])
def test_a_wrong_configuration_loses_no_event(status):
    report, stats = sent_to([Reply(status)])
    assert (report.outcome, report.attempts) == (DELIVERED, 2)
    assert (stats.requests, stats.failed_requests, stats.retries, stats.rejected) == (2, 1, 1, 0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_neither_the_key_nor_the_event_to_another_host(status):
    with FaultServer() as other, FaultServer([Reply(status, {"Location": other.url + "/elsewhere"})]) as server:
        with Client(server.url) as client:
            client.track("one")
            assert client.report().outcome == DELIVERED
        assert [request.target for request in server.requests] == ["/api/v1/analytics/events"] * 2
        assert other.connections == 0


@pytest.mark.parametrize("status", [400, 422, 404, 301, 501])
def test_the_header_x_should_retry_true_has_the_last_word(status):
    report, stats = sent_to([Reply(status, {"X-Should-Retry": "true"})])
    assert (report.outcome, report.attempts, stats.rejected) == (DELIVERED, 2, 0)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 401])
def test_the_header_x_should_retry_false_has_the_last_word(status):
    report, stats = sent_to([Reply(status, {"x-should-retry": "false"})])
    assert (report.outcome, report.http_status, report.attempts) == (REJECTED, status, 1)
    assert stats.requests == 1


def test_another_value_of_x_should_retry_is_ignored():
    assert sent_to([Reply(503, {"x-should-retry": "maybe"})])[0].outcome == DELIVERED
    assert sent_to([Reply(400, {"x-should-retry": ""})])[0].outcome == REJECTED


NO_ANSWERS = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02 what? \r\n\r\n",
    "an HTTP/0.9 page": b"<html>hello</html>",
    "another protocol": b"220 mail.example ESMTP\r\n",
    "a status line without a status": b"HTTP/1.1 \r\n\r\n",
    "an interim answer alone": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "a status line that is cut": b"HTTP/1.1 2",
}


@pytest.mark.parametrize("data", NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_an_answer_that_is_not_http_is_tried_again(data):
    report, stats = sent_to([Raw(data)])
    assert (report.outcome, report.http_status, report.attempts) == (DELIVERED, 200, 2)
    assert (stats.failed_requests, stats.retries) == (1, 1)


def test_the_request_is_the_contracts():
    options = {"organization_id": "org-1", "product_slug": "docs"}
    with FaultServer() as server, Client(server.url, **options) as client:
        client.track("one")
        client.report()
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/v1/analytics/events")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-api-key"] == "key-for-the-test"
    assert request.headers["x-tpc-organization-id"] == "org-1"
    assert request.headers["x-tpc-product-slug"] == "docs"
    assert not {"expect", "authorization", "cookie"} & set(request.headers)
    assert json.loads(request.body)["eventId"] == "one"


@pytest.mark.parametrize(
    "option, header, value",
    [
        ("bearer_token", "authorization", "Bearer t-1"),
        ("session_token", "cookie", "better-auth.session_token=t-1"),
    ],
)
def test_the_other_credentials_have_their_headers(option, header, value):
    with FaultServer() as server, Client(server.url, api_key=None, **{option: "t-1"}) as client:
        client.track("one")
        client.report()
    (request,) = server.requests
    assert request.headers[header] == value
    assert "x-api-key" not in request.headers


def test_an_event_id_is_reported_as_it_was_given_however_json_writes_it():
    with FaultServer() as server, Client(server.url) as client:
        client.track(r"a\"b\\c\u00e9\ud83d\ude00/\/")
        assert client.report().event_id == 'a"b\\cé😀//'
