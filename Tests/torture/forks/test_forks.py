"""Sixty forks from each language; `make torture-forks` has the long form."""

import pytest
from servers.tls import Certificates

from .ways import WAYS
from .run_forks import run_forks

CHILDREN = 60


@pytest.fixture(scope="module")
def certificates():
    with Certificates() as certificates:
        yield certificates


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_forks_beside_a_live_sender_lose_no_event_send_none_twice_and_hang_nowhere(way, certificates):
    result = way.run(CHILDREN, certificates)
    assert result.complaints == []
