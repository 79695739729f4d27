"""Servers that are reloaded, stopped or killed while the endpoint is away: every visit is delivered later."""

import concurrent.futures

import pytest
from torture.servers.conftest import scene  # noqa: F401

from .server_life import LIVES, run_life

AT_ONCE = 3


@pytest.fixture(scope="module")
def results(scene):  # noqa: F811
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip([life.name for life in LIVES], pool.map(lambda life: run_life(life, scene), LIVES)))


@pytest.mark.parametrize("name", [life.name for life in LIVES])
def test_a_servers_end_in_an_outage_loses_no_visit(results, name):
    result = results[name]
    assert result.missing == set() and result.is_drained
    assert result.masters == []
