"""Web requests and AI agents through the C calls: what they return, and to whom it belongs."""

import ctypes
import json
import re

import pytest
from support import header
from support.header import constants
from support.library import ErrorRecord, TPCError, check, shared
from support.objects import Client, Event

REQUEST = {"method": "GET", "host": "example.com", "target": "/a", "headers": {"user-agent": "GPTBot/1.2"}}


@pytest.fixture
def agents_only():
    with Client(dry_run=True, only_ai_agents=True) as client:
        yield client


def track(client, **members):
    """The name of the rule that left the request out; None when it was tracked."""
    text, left_out, record = json.dumps({**REQUEST, **members}).encode(), ctypes.c_char_p(b"untouched"), ErrorRecord()
    check(shared().tpc_client_track_request(client.handle, text, len(text), left_out, record), record)
    return left_out.value


def test_a_request_is_tracked_or_left_out_and_counted_as_such(agents_only):
    assert track(agents_only) is None
    assert track(agents_only, target="/a.css") == b"asset"
    assert track(agents_only, headers={"user-agent": "Firefox/140.0"}) == b"not_ai_agent"
    stats = agents_only.statistics()
    assert (stats["accepted"], stats["delivered"], stats["left_out"]) == (1, 1, 2)


def test_the_first_visit_of_this_machine_is_logged_and_no_other(tmp_path):
    with open(tmp_path / "log", "w+b") as log, Client(dry_run=True, log_descriptor=log.fileno()) as client:
        for host in ("example.com", "localhost:8000", "127.0.0.1", "localhost"):
            assert track(client, host=host) == (None if host == "example.com" else b"local_host")
        log.seek(0)
        (line,) = log.read().decode().splitlines()
    assert line.startswith("tpc: warn: page visits to this machine's own names, such as localhost, are left out")
    assert "X-Forwarded-Host" in line and "trusted_proxies (TPC_TRUSTED_PROXIES)" in line and len(line) < 500


def test_a_request_has_none_of_what_the_one_before_it_said(agents_only):
    event = {"request": {"userAgent": "GPTBot/1.2"}}
    assert track(agents_only, event=event, headers={"user-agent": 'Firefox/140.0 "quoted"'}) is None
    assert track(agents_only, headers={}) == b"not_ai_agent"
    assert track(agents_only) is None


def test_a_request_may_have_any_number_of_headers(agents_only):
    headers = {f"x-{number}": "" for number in range(10_000)}
    assert track(agents_only, headers=headers | {"user-agent": "GPTBot/1.2"}) is None
    assert track(agents_only, method="POST", headers=headers) == b"method"


def test_a_request_that_is_shorter_shows_nothing_of_the_one_before_it(agents_only):
    assert track(agents_only, headers={"user-agent": "GPTBot/1.2"}) is None
    assert track(agents_only, headers={"x-nothing1": "GPTBot/1.2"}) == b"not_ai_agent"


def test_a_request_that_is_too_large_is_refused_as_a_request(agents_only):
    with pytest.raises(TPCError, match="found a request of 1,?[0-9]+ bytes; expected at most 1048576") as caught:
        track(agents_only, headers={"user-agent": "GPTBot/1.2", "cookie": "c" * (1 << 20)})
    assert caught.value.status == constants.TPC_ERROR_TOO_LARGE


def test_an_invalid_request_is_counted_as_refused(agents_only):
    with pytest.raises(TPCError) as caught:
        track(agents_only, host=None)
    assert (caught.value.status, caught.value.field) == (constants.TPC_ERROR_INVALID_ARGUMENT, "/host")
    assert agents_only.statistics()["refused_invalid"] == 1


def test_a_request_that_is_refused_names_no_rule_that_left_it_out(agents_only):
    left_out = ctypes.c_char_p(b"untouched")
    assert shared().tpc_client_track_request(agents_only.handle, b"{", 1, left_out, None) != 0
    assert left_out.value is None


def test_an_event_of_no_agent_is_counted_as_left_out(agents_only):
    for user_agent in ("GPTBot/1.2", "Firefox/140.0"):
        visit = {"event": "page_visit", "page": {"href": "x:y"}, "request": {"userAgent": user_agent}}
        agents_only.track_json(json.dumps(visit).encode())
    stats = agents_only.statistics()
    assert (stats["accepted"], stats["left_out"], stats["sampled_out"]) == (1, 1, 0)


def test_a_request_of_a_disabled_client_is_counted_as_such():
    with Client(enabled=False) as client:
        assert track(client) is None
        assert track(client, target="/a.css") is None
        stats = client.statistics()
    assert (stats["disabled"], stats["left_out"], stats["accepted"]) == (2, 0, 0)


def test_nobody_has_to_ask_why_a_request_was_left_out(agents_only):
    text = json.dumps({**REQUEST, "method": "POST"}).encode()
    assert shared().tpc_client_track_request(agents_only.handle, text, len(text), None, None) == 0


def test_the_event_of_a_request_is_the_caller_s_to_change_and_to_free(agents_only):
    text, out, left_out = json.dumps(REQUEST).encode(), ctypes.c_void_p(), ctypes.c_char_p()
    check(shared().tpc_client_event_from_request(agents_only.handle, text, len(text), out, left_out, None))
    assert left_out.value is None
    with Event(handle=out.value) as event:
        assert event.json()["page"] == {"href": "http://example.com/a"}
    assert agents_only.statistics()["accepted"] == 0


def test_there_is_no_event_of_a_request_that_is_not_an_agents(agents_only):
    text = json.dumps({**REQUEST, "headers": {"user-agent": "Firefox/140.0"}}).encode()
    out, left_out = ctypes.c_void_p(1), ctypes.c_char_p()
    check(shared().tpc_client_event_from_request(agents_only.handle, text, len(text), out, left_out, None))
    assert (out.value, left_out.value) == (None, b"not_ai_agent")
    assert agents_only.statistics()["left_out"] == 1


def test_there_is_no_event_of_a_request_that_is_left_out(agents_only):
    text, out = json.dumps({**REQUEST, "method": "POST"}).encode(), ctypes.c_void_p(1)
    check(shared().tpc_client_event_from_request(agents_only.handle, text, len(text), out, None, None))
    assert out.value is None
    status = shared().tpc_client_event_from_request(agents_only.handle, text, len(text), None, None, None)
    assert status == constants.TPC_ERROR_INVALID_ARGUMENT


def test_a_closed_client_takes_no_request(agents_only):
    agents_only.close()
    with pytest.raises(TPCError) as caught:
        track(agents_only)
    assert caught.value.status == constants.TPC_ERROR_CLOSED


def test_an_agent_has_a_name_an_operator_and_a_purpose_and_nobody_has_to_take_them():
    texts = [ctypes.c_char_p() for _ in range(3)]
    assert shared().tpc_ai_agent(b"ClaudeBot/1.0", 13, *texts) == 1
    assert [text.value for text in texts] == [b"ClaudeBot", b"Anthropic", b"training"]
    assert shared().tpc_ai_agent(b"ClaudeBot/1.0", 13, None, None, None) == 1


@pytest.mark.parametrize("user_agent", [None, b"", b"Firefox/140.0", b"\xff\xfe", b"GPT\x00Bot"])
def test_no_agent_leaves_no_text(user_agent):
    texts = [ctypes.c_char_p(b"untouched") for _ in range(3)]
    assert shared().tpc_ai_agent(user_agent, len(user_agent or b""), *texts) == 0
    assert [text.value for text in texts] == [None] * 3


def test_an_answer_has_a_name_an_operator_and_an_evidence_and_nobody_has_to_take_them():
    texts = [ctypes.c_char_p() for _ in range(3)]
    assert shared().tpc_ai_answer(b"https://chatgpt.com/", 20, None, 0, *texts) == 1
    assert [text.value for text in texts] == [b"ChatGPT", b"OpenAI", b"referrer"]
    nul_terminated = 2**64 - 1
    assert shared().tpc_ai_answer(None, nul_terminated, b"x:?utm_source=claude.ai", nul_terminated, *texts) == 1
    assert [text.value for text in texts] == [b"Claude", b"Anthropic", b"utm"]
    assert shared().tpc_ai_answer(b"https://chatgpt.com/", 20, None, 0, None, None, None) == 1


@pytest.mark.parametrize("text", [None, b"", b"https://example.com/", b"\xff\xfe", b"https://chatgpt\x00.com/", b"https://" + b"." * 40_000])
def test_no_answer_leaves_no_text(text):
    texts = [ctypes.c_char_p(b"untouched") for _ in range(3)]
    assert shared().tpc_ai_answer(text, len(text or b""), text, len(text or b""), *texts) == 0
    assert [text.value for text in texts] == [None] * 3


def test_an_event_that_only_ai_leaves_out_is_not_made():
    with Client(dry_run=True, only_ai=True) as client:
        text, out, left_out = json.dumps({**REQUEST, "headers": {}}).encode(), ctypes.c_void_p(1), ctypes.c_char_p()
        check(shared().tpc_client_event_from_request(client.handle, text, len(text), out, left_out, None))
        assert (out.value, left_out.value, client.statistics()["left_out"]) == (None, b"not_ai", 1)


def request_headers():
    """The names that the library exports."""
    names = []
    while (name := shared().tpc_request_header(len(names))) is not None:
        names.append(name.decode())
    return names


def test_the_list_of_request_headers_is_in_lower_case_and_ends():
    names = request_headers()
    assert names == sorted(set(names), key=names.index) and all(re.fullmatch("[a-z-]+", name) for name in names)
    for index in (len(names), len(names) + 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1):
        assert shared().tpc_request_header(index) is None


def test_the_headers_of_the_list_are_read_and_no_others(agents_only):
    """A value that is not text is refused only where it is read."""
    for name in request_headers():
        with pytest.raises(TPCError) as caught:
            track(agents_only, headers={"user-agent": "GPTBot/1.2", name: 5})
        assert caught.value.field == f"/headers/{name}"
    for name in ("cookie", "authorization", "x-api-key", "accept", "via", "sec-fetch-mode", "signature-key", "host"):
        assert track(agents_only, headers={"user-agent": "GPTBot/1.2", name: 5}) is None
        assert name not in request_headers()


def test_tpc_h_lists_the_request_headers_as_the_library_does():
    comment = re.search(r"The headers are ([^;]+);[^/]*\*/\s*const char \*tpc_request_header", header.TEXT)[1]
    assert re.split(r",\s+|\s+and\s+", re.sub(r"\s*\n \*\s*", " ", comment)) == request_headers()
