"""Some sixty kills of hosts in three languages; `make torture-spool` has ten thousand."""

import concurrent.futures
import dataclasses

import pytest

from .kills import WAYS, Way, run_kills

KILLS = {"each sends its own": 20, "one sends for all": 14}
OTHERS = 8


@pytest.fixture(scope="module")
def results():
    """At the end of a way, a host waits for seconds until it looks for what others left: two ways at a time."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda way: run_kills(way, KILLS.get(way.name, OTHERS)), WAYS)
        return dict(zip([way.name for way in WAYS], found))


@pytest.mark.parametrize("name", [way.name for way in WAYS])
def test_hosts_that_are_killed_lose_no_event_that_is_in_the_spool(results, name):
    result = results[name]
    assert result.complaints == [], str(result)
    assert result.accepted > 500


def test_without_a_spool_kills_lose_events_which_is_noticed():
    result = run_kills(Way("no spool", outage=503, lasts=5), OTHERS, spool_directory="")
    assert any("lost" in complaint for complaint in result.complaints)


def test_what_is_wrong_is_noticed(results):
    result = results[WAYS[0].name]
    book = {"accepted": 2, "adopted": 0, "delivered": 1}
    wrong = {"again": result.allowed + 1, "unreturned": result.kills + 1, "most_files": 1000, "is_drained": False, "grown": ["more"],
             "unbalanced": [book]}  # fmt: skip
    for name, value in wrong.items():
        assert dataclasses.replace(result, **{name: value}).complaints, name
