"""sample_rate: a share of the visitors, each of them with all visits or with none."""

import json
import subprocess
import sys

import pytest
from support import paths
from support.header import constants
from support.objects import Client, Event

from .building import environment


@pytest.fixture
def is_in():
    """Whether a client with this rate keeps an event."""
    clients = {}

    def decide(rate, event):
        if rate not in clients:
            clients[rate] = Client(dry_run=True, sample_rate=rate, log_level="off", queue_max_events=1_000_000)
        before = clients[rate].statistics()
        if isinstance(event, Event):
            clients[rate].track(event)
        else:
            clients[rate].track_json(event if isinstance(event, str) else json.dumps(event))
        after = clients[rate].statistics()
        gained = after["accepted"] - before["accepted"], after["sampled_out"] - before["sampled_out"]
        assert gained in ((1, 0), (0, 1))
        return gained == (1, 0)

    yield decide
    for client in clients.values():
        client.free()


def visit(**members):
    return {"event": "page_visit", "page": {"href": "x:y"}, **members}


def decisions(is_in, rate, name, count=400):
    return [is_in(rate, visit(**{name: f"visitor-{number}"})) for number in range(count)]


def test_a_rate_of_1_keeps_and_of_0_leaves_out_every_event(is_in):
    assert all(decisions(is_in, "1", "sessionId", 50)) and all(decisions(is_in, "1.0", "eventId", 50))
    assert not any(decisions(is_in, "0", "sessionId", 50)) and not any(decisions(is_in, "0", "eventId", 50))


@pytest.mark.parametrize("rate", ["0.1", "0.5", "0.9"])
@pytest.mark.parametrize("name", ["sessionId", "anonymousId", "eventId"])
def test_the_share_that_is_kept_is_about_the_rate(rate, name, is_in):
    # The ids are fixed, so this does not depend on luck.
    assert abs(sum(decisions(is_in, rate, name)) / 400 - float(rate)) < 0.1


def test_a_session_is_in_or_out_whatever_else_the_visit_says(is_in):
    for number in range(100):
        session = {"sessionId": f"s{number}"}
        first = is_in("0.5", visit(**session))
        for more in (
            {"anonymousId": "a"},
            {"anonymousId": f"b{number}"},
            {"eventId": "e"},
            {"properties": {"a": 1}},
            {"page": {"href": "https://other.example/"}},
        ):
            assert is_in("0.5", {**visit(**session), **more}) is first


def test_without_a_session_the_visitor_decides_and_without_one_the_event(is_in):
    for number in range(50):
        visitor = is_in("0.5", visit(sessionId=f"v{number}"))
        assert is_in("0.5", visit(anonymousId=f"v{number}")) is visitor
        assert is_in("0.5", visit(anonymousId=f"v{number}", sessionId=None, eventId="x")) is visitor
        assert is_in("0.5", visit(eventId=f"v{number}", anonymousId=None, sessionId=None)) is visitor


def test_an_empty_id_decides_nothing(is_in):
    for number in range(50):
        visitor = is_in("0.5", visit(sessionId=f"v{number}"))
        assert is_in("0.5", visit(sessionId="", anonymousId=f"v{number}")) is visitor
        assert is_in("0.5", visit(sessionId="", anonymousId="", eventId=f"v{number}")) is visitor


def test_who_is_in_at_a_lower_rate_is_in_at_a_higher_one(is_in):
    rates = ["0.1", "0.3", "0.6", "0.95"]
    by_rate = [decisions(is_in, rate, "sessionId", 200) for rate in rates]
    for lower, higher in zip(by_rate, by_rate[1:]):
        assert all(not kept or still for kept, still in zip(lower, higher))


def test_the_choice_is_the_same_however_the_id_was_given(is_in):
    for number in range(100):
        session = f'é"/\n{number}'
        with Event("x:y") as event:
            event.set(constants.TPC_FIELD_SESSION_ID, session)
            first = is_in("0.5", event)
        plain = json.dumps(visit(sessionId=session), ensure_ascii=False)
        for text in (
            plain,
            json.dumps(visit(sessionId=session)),
            plain.replace('é\\"/', 'é\\"\\/'),
            plain.replace("\\n", "\\u000A"),
        ):
            assert is_in("0.5", text) is first


def test_every_process_chooses_the_same(is_in):
    here = decisions(is_in, "0.5", "sessionId", 200)
    program = f"""
import sys
sys.path.insert(0, {str(paths.ROOT / "Tests")!r})
from support.objects import Client
client = Client(dry_run=True, sample_rate="0.5", log_level="off")
kept = []
for number in range(200):
    before = client.statistics()["accepted"]
    client.track_json('{{"event":"page_visit","page":{{"href":"x:y"}},"sessionId":"visitor-%d"}}' % number)
    kept.append(client.statistics()["accepted"] > before)
print([bool(one) for one in kept])
client.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == str(here), done.stderr
