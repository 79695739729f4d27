"""Each call on the spool's files fails, once or from there on; `make torture-spool` has every call of a host's life."""

import concurrent.futures
import errno

import pytest

from .disk_faults import CALLS, Fault, complaints, delivers, dies, takes_over

# Most of the time is spent waiting until a host looks for what others left.
AT_ONCE = 10
CASES = {
    **{f"{call} always, delivers": (delivers, Fault(call, errors[0], 1, True)) for call, errors in CALLS.items()},
    **{f"{call} once, dies": (dies, Fault(call, CALLS[call][0], 2, False)) for call in ("write", "open", "lock", "look", "sync")},
    **{f"{call} once, takes over": (takes_over, Fault(call, CALLS[call][0], 1, False)) for call in ("read", "lock", "list", "entry")},
    **{f"{call} always, takes over": (takes_over, Fault(call, CALLS[call][0], 1, True)) for call in ("write", "remove")},
    "read interrupted always, takes over": (takes_over, Fault("read", errno.EINTR, 1, True)),
}


@pytest.fixture(scope="module")
def results():
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(CASES, pool.map(lambda case: complaints(*case), CASES.values())))


@pytest.mark.parametrize("name", CASES)
def test_a_call_that_fails_loses_nothing_and_ends_no_host(results, name):
    found, _ = results[name]
    assert found == []
