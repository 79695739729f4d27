"""Hosts that are hard to be a guest of, each for a moment; `make torture-guest` has the long form."""

import pytest

from .hosts import HOSTS
from .run_host import run_host


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)
def test_a_host_keeps_what_it_has_and_the_library_works_in_it(host, encrypted, certificates):
    assert run_host(host, host.quick, certificates if encrypted else None) == []
