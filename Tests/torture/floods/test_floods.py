"""Every flood with fewer events; `make torture-floods` has the long form."""

import pytest

from .flood import FLOODS, OTHERWISE
from .run_flood import run_flood

EVENTS, QUEUE_EVENTS = 20_000, 1000


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.name)
def test_a_flood_is_accounted_for_to_its_last_event_and_its_memory_is_bounded(flood):
    assert run_flood(flood, EVENTS, QUEUE_EVENTS).complaints == []


@pytest.mark.parametrize("flood, events", zip(OTHERWISE, (20_000, 4000)), ids=lambda value: getattr(value, "name", None))
def test_callers_choose_whether_to_insist(flood, events):
    assert run_flood(flood, events, QUEUE_EVENTS).complaints == []
