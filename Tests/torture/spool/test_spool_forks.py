"""Processes that fork while their segment is open: each event arrives, none twice, and a child holds nothing up."""

import pytest

from .spool_forks import run_deep, run_killed

# Seconds in which others look for what is left, and longer.
LOOKS = 6


def test_three_generations_deliver_what_each_tracked_once():
    assert run_deep().once


@pytest.mark.parametrize("way", ["fork", "vfork", "spawn"])
def test_an_idle_child_does_not_hold_up_what_its_killed_parent_left(way):
    arrived = run_killed("idle", way)
    assert arrived.once and arrived.pending == 0


@pytest.mark.parametrize("way", ["_Fork", "clone"])
def test_a_child_past_the_fork_handlers_frees_its_parents_segment_at_its_first_call(way):
    arrived = run_killed("calls", way, seconds=2 * LOOKS)
    assert arrived.once and arrived.pending == 0


@pytest.mark.parametrize("way", ["_Fork", "clone"])
def test_a_child_past_the_fork_handlers_that_calls_nothing_delays_its_parents_events(way):
    arrived = run_killed("idle", way, seconds=LOOKS)
    assert arrived.once and arrived.pending == 20
