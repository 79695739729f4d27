"""People who send Sec-GPC or DNT, with privacy_signals. The scenarios have the rest, in every language."""

import ctypes
import json

import pytest
from support.library import shared

BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"
AGENT = "Mozilla/5.0 (compatible; GPTBot/1.2)"


@pytest.fixture
def tracked(server, client):
    """Tracks one request; returns the event that was sent, or the rule that left it out."""

    def tracked(headers, agent=BROWSER, **options):
        one = client(**options)
        text = json.dumps({
            "method": "GET", "scheme": "https", "host": "example.com", "target": "/", "remoteAddress": "203.0.113.7",
            "headers": {"user-agent": agent, **headers}, "event": {"sessionId": "s"},
        }).encode()  # fmt: skip
        rule = ctypes.c_char_p()
        assert shared().tpc_client_track_request(one.handle, text, len(text), ctypes.byref(rule), None) == 0
        if rule.value:
            return rule.value.decode()
        one.flush()
        return json.loads(server.requests[-1].body)

    return tracked


@pytest.mark.parametrize("headers", [{"sec-gpc": "1"}, {"DNT": "1"}, {"dnt": "1x"}, {"dnt": ["0", "1"], "Sec-GPC": "1"}])
def test_a_person_who_asks_for_privacy_gets_it(headers, tracked):
    assert tracked(headers, privacy_signals="leave_out") == "privacy_signal"
    event = tracked(headers, privacy_signals="minimal", anonymous_id="daily")
    assert (event["sessionId"], event["anonymousId"], event["request"]["clientIp"]) == (None, None, None)
    assert tracked(headers)["sessionId"] == "s"


@pytest.mark.parametrize("headers", [{}, {"sec-gpc": "0"}, {"dnt": ""}, {"dnt": "null"}])
def test_nobody_else_is_affected(headers, tracked):
    assert tracked(headers, privacy_signals="leave_out")["request"]["clientIp"] == "203.0.113.7"


@pytest.mark.parametrize("choice", ["minimal", "leave_out"])
def test_an_agent_that_is_named_is_not_a_person(choice, tracked):
    assert tracked({"sec-gpc": "1", "dnt": "1"}, AGENT, privacy_signals=choice)["request"]["clientIp"] == "203.0.113.7"
