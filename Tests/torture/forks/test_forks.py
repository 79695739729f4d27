"""Sixty forks from each language; `make torture-forks` has the long form."""

import pytest

from .first_use import first_uses
from .ways import WAYS

CHILDREN = 60


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_forks_beside_a_live_sender_lose_no_event_send_none_twice_and_hang_nowhere(way, certificates):
    result = way.run(CHILDREN, certificates)
    assert result.complaints == []


@pytest.mark.parametrize("way", ["fork", "exit"])
def test_a_process_may_fork_or_end_while_another_thread_makes_its_first_client(way, certificates):
    assert first_uses(way, 40, certificates) == {}
