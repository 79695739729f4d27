"""A line says when, what, which page, who, and why."""

import io
import json

import pytest
from tpc_collector.agents import agent_name, ai_agent, ai_answer, reader, verified
from tpc_collector.console import Console, line, printable
from tpc_collector.state import MAX_NAMES, Record, State

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


def record(**members):
    usual = {
        "received_at": "2026-01-31T12:00:01.250Z", "good": True, "status": 200, "method": "POST", "path": "/",
        "headers": {}, "credential": "api_key", "body": b"", "is_json": True, "event_id": "1", "reason": None,
        "details": None,
    }  # fmt: skip
    return Record(**{**usual, **members})


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_good_event_shows_time_page_agent_and_where_the_visitor_came_from():
    visit = {"page": {"href": "https://a.b/x?y"}, "request": {"userAgent": BROWSER, "referrer": "https://chatgpt.com/"}}
    shown = line(record(answer="ChatGPT"), visit).split()
    assert shown == ["12:00:01.250", "good", "/x", "Chrome", "via", "ChatGPT"]


def test_a_bad_event_shows_its_status_and_the_reason():
    shown = line(record(good=False, status=422, reason="/page is required"), {})
    assert shown.split() == ["12:00:01.250", "422", "-", "-", "/page", "is", "required"]


def test_a_repeated_event_is_told_from_a_new_one():
    assert line(record(duplicate=True), {}).split()[1] == "again"


@pytest.mark.parametrize("body", [None, [], "x", {"page": 1, "request": []}, {"page": {"href": 1, "pathname": []}}, {"page": {"href": "http://["}}])
def test_any_body_makes_a_line(body):
    assert line(record(good=False, status=422, reason="r"), body).endswith("r")


def test_control_characters_of_a_visitor_are_escaped():
    visit = {"page": {"href": "a:", "pathname": "/\x1b[2J\r\n\u202e\x9b"}, "request": {"userAgent": "\x1b]0;x\x07"}}
    shown = line(record(), visit)
    assert shown.isprintable()
    assert r"/\x1b[2J\r\n\u202e\x9b" in shown


def test_a_long_page_is_cut():
    assert printable("x" * 100, 10) == "x" * 9 + "…"
    assert printable("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize(
    ("stream", "environment", "colored"),
    [(Terminal(), {}, True), (Terminal(), {"NO_COLOR": "1"}, False), (io.StringIO(), {}, False)],
)
def test_colors_are_for_terminals_that_want_them(stream, environment, colored):
    Console(stream, environment=environment).show(record(), {})
    assert ("\x1b[" in stream.getvalue()) == colored


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "GPTBot"),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0", "ChatGPT-User"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot"),
        ("Mozilla/5.0 (compatible; PerplexityBot/1.0)", "PerplexityBot"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        (BROWSER, "Chrome"), (BROWSER + " Edg/126.0", "Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari"),
        ("curl/8.5.0", "curl"), ("", "-"), ("  ", "-"), (None, "-"), (7, "-"),
    ],
)  # fmt: skip
def test_agents_have_short_names(user_agent, name):
    assert agent_name(user_agent) == name


@pytest.mark.parametrize(
    ("referrer", "href", "name"),
    [("https://chatgpt.com/", None, "ChatGPT"), ("https://www.perplexity.ai/search/x", None, "Perplexity"),
     ("https://notchatgpt.com/", None, None), ("https://chatgpt.com.evil.example/", None, None), ("http://[", "http://[", None),
     (None, None, None), (1, 2, None), (None, "https://a.b/?utm_source=openai", "ChatGPT"), ("https://bing.com/chat", None, "Copilot"),
     ("https://claude.ai/", "https://a.b/?utm_source=openai", "Claude"), ("https://bing.com/search", "https://a.b/?utm_source", None)],
)  # fmt: skip
def test_ai_answers_are_known_by_the_referrer_and_by_utm_source(referrer, href, name):
    assert (ai_answer(referrer, href) or {}).get("name") == name


def test_an_agent_is_not_a_person_and_labels_count_first():
    person = {"page": {"href": "https://a.b/"}, "request": {"userAgent": BROWSER, "referrer": "https://chatgpt.com/"}}
    assert reader(person) == (None, "ChatGPT")
    assert reader({**person, "request": {**person["request"], "userAgent": "ChatGPT-User/1.0"}}) == ("ChatGPT-User", None)
    assert reader({**person, "properties": {"aiAgent": "AcmeBot"}}) == ("AcmeBot", None)
    assert reader({**person, "properties": {"aiAnswer": "Acme"}}) == (None, "Acme")
    assert reader([]) == reader({"page": 1, "request": [], "properties": "x"}) == (None, None)


def test_the_names_that_an_event_claims_are_counted_up_to_a_limit():
    state = State(1)
    for number in range(MAX_NAMES + 5):
        state.add(record(agent=f"Bot{number}", event_id=str(number)))
    totals = state.totals()
    assert len(totals["agents"]) == MAX_NAMES + 1 and totals["agents"]["others"] == 5 and totals["answers"] == {}


def test_agents_are_whole_words():
    assert ai_agent("notGPTBot/1.2") is None and ai_agent("x (GPTBot)")["operator"] == "OpenAI"


@pytest.mark.parametrize(
    ("value", "known", "shown"),
    [(True, True, "GPTBot (verified)"), (False, False, "GPTBot (not verified)"), ("true", None, "GPTBot"), (None, None, "GPTBot")],
)
def test_whether_an_agent_is_verified_stands_beside_it(value, known, shown):
    event = {"page": {"href": "https://a.b/x"}, "properties": {"aiAgent": "GPTBot", "aiVerified": value}}
    assert verified(event) is known
    assert line(record(agent="GPTBot", verified=verified(event)), event).endswith(shown)
    assert verified([]) is None and json.loads(record(verified=known, body=b"{}").to_json())["verified"] is known
