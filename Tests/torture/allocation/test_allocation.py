"""Allocations that fail, one after the other: a part of what __main__.py does in full."""

import itertools

import pytest

from . import run


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return run.compiled(tmp_path_factory.mktemp("allocation"))


@pytest.fixture(scope="module")
def server():
    with run.Server() as running:
        yield running


@pytest.mark.parametrize(("mode", "process"), list(itertools.product(run.MODES, run.PROCESSES)))
@pytest.mark.parametrize("sequence", run.SEQUENCES)
def test_a_failed_allocation_is_an_error_and_loses_nothing(program, server, sequence, mode, process):
    # The short sequences whole; of those that send, every 41st.
    found = run.fail_all(program, server.url, sequence, mode, process, step=41 if sequence in run.SENDING else 1)
    assert found["runs"] >= 8 and found["refused"] > 0


def test_swift_allocates_nothing_large_whatever_the_input(program, server):
    found = run.fail_all(program, server.url, "large", "once", "cold", step=1_000_000)
    assert 0 < found["swift_largest"] <= run.SWIFT_LIMIT


def test_swift_allocates_nothing_for_an_event_that_is_tracked(program, server):
    assert run.fail_all(program, server.url, "steady", "once", "cold", step=1_000_000)["runs"] == 1
