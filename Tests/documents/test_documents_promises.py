"""What the documents say about answers and limits, compared with what the library does."""

import json
import re

import pytest

import pages
from support.servers.fault_server import FaultServer, Reply
from support.header import constants
from support.library import TPCError
from support.objects import Client, Event

# The answers that a group of the table covers, by the words that the table has for it.
GROUPS = {
    "2xx": (200, 201, 202, 204),
    "3xx": (301, 302, 303, 307, 308),
    "5xx except 501 and 505": (500, 502, 503, 504, 507, 599),
    "any other 4xx": (402, 405, 406, 410, 412, 418, 423, 431, 451),
    "no answer": (),
}
LIMITS = pages.PAGES["docs/limits.md"].text


def answers():
    """Each status that the table names, with the first word of what follows."""
    for named, consequence in pages.PAGES["docs/delivery.md"].table("answer"):
        for text in named.split(", "):
            for status in GROUPS[text] if text in GROUPS else (int(text),):
                yield status, consequence.split()[0].strip(".")


def outcome(status, log):
    """How an event ends that is answered with this once and then with 200: outcome, requests, odd answers."""
    with FaultServer([Reply(status)]) as server:
        options = {"report_capacity": 1, "retry_initial_ms": 1, "retry_max_ms": 1, "log_descriptor": log.fileno()}
        with Client(api_key="key-of-the-test", base_url=server.url, **options) as client, Event("https://example.com/") as event:
            client.track(event)
            report = client.poll(60_000)
            return report.outcome, report.attempts, client.statistics()["odd_responses"]


@pytest.mark.parametrize(("status", "consequence"), list(answers()))
def test_an_answer_has_the_consequence_that_the_table_names(status, consequence, tmp_path):
    delivered, rejected = constants.TPC_OUTCOME_DELIVERED, constants.TPC_OUTCOME_REJECTED
    with open(tmp_path / "log", "w+", encoding="utf-8") as log:
        kind, attempts, odd = outcome(status, log)
        log.seek(0)
        # The one group that a person has to repair: for 407, at the proxy.
        advice = "check the user and password in the option proxy" if status == 407 else "check the credential and base_url"
        assert (advice in log.read()) == (consequence == "The")
    expected = {"Delivered": (delivered, 1), "Retried": (delivered, 2), "The": (delivered, 2), "Rejected": (rejected, 1)}
    assert (kind, attempts) == expected[consequence]
    # A 204 has no body, so its body is not the contract's.
    assert odd == (1 if status == 204 else 0)


def test_the_table_names_every_status_once():
    statuses = [status for status, _ in answers()]
    assert len(statuses) == len(set(statuses))
    assert {400, 401, 403, 404, 407, 408, 409, 413, 415, 422, 425, 429, 501, 505} <= set(statuses)


def number(pattern):
    """A number that the page on limits names."""
    return int(re.search(pattern, LIMITS).group(1).replace(",", ""))


def test_an_event_holds_as_many_members_as_are_named():
    with Event("https://example.com/") as event:
        for index in range(number(r"([\d,]+) properties")):
            event.set_property(f"key{index}", 1)
        with pytest.raises(TPCError, match="more members"):
            event.set_property("one-more", 1)


def test_a_key_is_as_long_as_is_named():
    longest = number(r"([\d,]+) bytes for a property's key")
    with Event("https://example.com/") as event:
        event.set_property("k" * longest, 1)
        with pytest.raises(TPCError, match=f"the limit is {longest}"):
            event.set_property("k" * (longest + 1), 1)


def test_json_nests_as_deep_as_is_named():
    # The event itself is the first level.
    inner = number(r"([\d,]+) levels") - 1
    text = json.dumps({"event": "page_visit", "page": {"href": "https://example.com/"}, "deep": "DEEP"})
    Event.from_json(text.replace('"DEEP"', "[" * inner + "]" * inner)).free()
    with pytest.raises(TPCError, match="deeper nesting"):
        Event.from_json(text.replace('"DEEP"', "[" * (inner + 1) + "]" * (inner + 1)))


def test_an_event_is_as_large_as_is_named_while_it_is_built():
    largest = number(r"(\d+) MiB while it is built") << 20
    with Event("https://example.com/") as event, pytest.raises(TPCError, match=f"the limit is {largest}"):
        event.set_property("text", "x" * largest)


def test_a_process_has_as_many_clients_as_are_named():
    limit = number(r"([\d,]+) open clients")
    clients = []
    try:
        with pytest.raises(TPCError, match="clients are open") as refused:
            for _ in range(limit + 1):
                clients.append(Client(api_key="key-of-the-test", base_url="http://127.0.0.1:1"))
    finally:
        for client in clients:
            client.free()
    # Another test's client may be open still.
    assert limit - 8 <= len(clients) <= limit
    assert f"{limit:,} clients" in refused.value.message
