"""The fault table's own bookkeeping notices what it is there for."""

import json

import pytest

from .ledger import Arrivals, Ledger, imbalances

COUNTERS = {
    "accepted": 3, "delivered": 2, "rejected": 1, "expired": 0, "pending": 0, "requests": 4, "failed": 2, "retries": 1,
    "odd": 0, "queue_bytes": 0, "close": 0, "undelivered": 0, "adopted": 0, "spooled": 0,
}  # fmt: skip
LINES = ["0 1 200 2", "1 1 200 1", "2 2 422 1"]


def books(lines=LINES, **counters):
    return Ledger.read("\n".join([*lines, json.dumps(COUNTERS | counters)]))


def arrivals(**changes):
    whole = {
        "bodies": {"0": {b"a"}, "1": {b"b"}, "2": {b"c"}}, "accepted": {"0", "1"}, "answered": {"0", "2"}, "strays": [],
    }  # fmt: skip
    return Arrivals(**whole | changes)


def test_books_that_balance_are_left_alone():
    assert imbalances(books(), arrivals(), 3) == []


@pytest.mark.parametrize("ledger, complaint", [
    (books(accepted=2), "accepted 2 of 3"),
    (books(delivered=1), "1 events are unaccounted for"),
    (books(adopted=1), "1 events are unaccounted for"),
    (books(spooled=1), "-1 events are unaccounted for"),
    (books(LINES[:2]), "0 reports say rejected, the counter 1"),
    (books([*LINES[:2], LINES[0]]), "2 reports for event 0"),
    (books(["0 1 200 2", "1 2 422 1", "2 2 422 1"], delivered=1, rejected=2), "no server refused it"),
    (books(requests=3), "requests: 3 instead of 4"),
    (books(retries=0), "retries: 0 instead of 1"),
    (books(queue_bytes=10), "queue_bytes: 10 instead of 0"),
])  # fmt: skip
def test_books_of_the_sender_that_do_not_balance_are_noticed(ledger, complaint):
    assert any(complaint in found for found in imbalances(ledger, arrivals(), 3))


@pytest.mark.parametrize("change, complaint", [
    ({"bodies": {"0": {b"a", b"A"}}}, "event 0 came with 2 bodies"),
    ({"bodies": {"9": {b"a"}}}, "nobody tracked"),
    ({"accepted": {"0"}}, "event 1 is reported delivered, and no server took it"),
    ({"answered": set()}, "event 2 is reported rejected, and no server refused it"),
    ({"strays": ["a request without the key"]}, "a request without the key"),
])  # fmt: skip
def test_arrivals_that_the_books_do_not_allow_are_noticed(change, complaint):
    assert any(complaint in found for found in imbalances(books(), arrivals(**change), 3))
