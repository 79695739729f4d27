"""Seconds of a soak, which check its books and its judgement; `make torture-soak` has the half hour."""

import copy
import dataclasses

import pytest

from .run_soak import Soak, complaints, run_soak

# What an allocator keeps is still growing in the first seconds; the long form has the real bound.
SOAK = Soak(seconds=12, events_per_second=200, round_ms=500, fault_seconds=0.6, warm_up=0.5, bound=3072)

SHORT = dataclasses.replace(SOAK, seconds=6, round_ms=200, warm_up=0)


@pytest.fixture(scope="module")
def result():
    return run_soak(SOAK)


def test_a_process_that_lives_on_loses_no_event_and_holds_no_more_than_before(result):
    assert complaints(SOAK, result) == []
    assert len(result.samples) >= 4 and result.accepted > 1000
    assert result.last["main"]["rejected"] > 0 and result.last["left_out"] > 0


def test_with_a_spool_it_loses_nothing_either_and_leaves_nothing_on_disk():
    assert complaints(SOAK, run_soak(SOAK, spool=True)) == []


def test_memory_that_is_lost_is_noticed():
    found = " ".join(complaints(SHORT, run_soak(SHORT, "leak")))
    assert "resident memory went" in found and "anonymous memory went" in found


@pytest.mark.parametrize("name", ["threads", "descriptors"])
def test_a_thread_or_a_descriptor_more_is_noticed(result, name):
    changed = copy.deepcopy(result)
    changed.samples[-1][name] += 1
    assert f"{name}: " in "".join(complaints(SOAK, changed))


def test_an_event_without_an_outcome_a_report_or_an_arrival_is_noticed(result):
    for kind, value in (("delivered", -1), ("accepted", 1), ("adopted", 1), ("spooled", 1)):
        changed = copy.deepcopy(result)
        changed.last["second"][kind] += value
        assert changed.unaccounted == 1 and complaints(SOAK, changed)
    changed = copy.deepcopy(result)
    changed.last["as_wanted"] -= 1
    assert changed.unaccounted == 1 and complaints(SOAK, changed)
    changed = copy.deepcopy(result)
    changed.totals["distinct_ids"] = sum(changed.last[kind]["delivered"] for kind in ("main", "second", "children")) - 1
    assert changed.unaccounted == 1 and complaints(SOAK, changed)
