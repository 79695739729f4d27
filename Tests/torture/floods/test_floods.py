"""Every flood with fewer events; `make torture-floods` has the long form."""

import pytest

from .flood import FLOODS, OTHERWISE
from .run_flood import run_flood

EVENTS, QUEUE_EVENTS = 20_000, 1000


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.name)
def test_a_flood_is_accounted_for_to_its_last_event_and_its_memory_is_bounded(flood):
    assert run_flood(flood, EVENTS, QUEUE_EVENTS).complaints == []


@pytest.mark.parametrize("flood", OTHERWISE, ids=lambda flood: flood.name)
def test_callers_choose_whether_to_insist(flood):
    # Those who insist at a slow server take their time.
    assert run_flood(flood, EVENTS // 5, QUEUE_EVENTS).complaints == []


def test_memory_is_bounded_when_many_threads_fill_a_large_queue_that_empties_all_the_time():
    assert run_flood(FLOODS[0], 100_000, 10_000).complaints == []


@pytest.mark.parametrize("flood", [flood for flood in FLOODS if flood.server == "fast"], ids=lambda flood: flood.name)
def test_what_finds_no_room_in_memory_stays_in_the_spool_and_arrives_once(flood):
    assert run_flood(flood, EVENTS // 5, QUEUE_EVENTS // 5, spool=True).complaints == []
