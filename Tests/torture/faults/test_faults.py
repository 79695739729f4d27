"""Every row of the fault table with a few events; `make torture-faults` has the long form."""

import concurrent.futures

import pytest

from support.servers.tls import Certificates

from .__main__ import AT_ONCE
from .mixtures import ENDPOINTS, mixture
from .run_row import prepare, run_row
from .table import FAULTS

EVENTS = 50
MIXTURES = [mixture(seed, endpoint) for seed in (1, 2) for endpoint in ENDPOINTS]
# Those whose ends a spool changes, and some of each kind.
ON_DISK = [row for row in FAULTS if row.close_ms is not None or row.name.endswith("503 for ever")] + MIXTURES


@pytest.fixture(scope="module")
def results(request):
    """The results to come of the rows that are asked for, by their names and whether they have a spool."""
    items = [item for item in request.session.items if item.module is request.module]
    asked = [item.callspec.params for item in items if hasattr(item, "callspec")]
    rows = [(params["fault"], params.get("spool", False)) for params in asked]
    prepare()
    with Certificates() as certificates, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        yield {(row.name, spool): pool.submit(run_row, row, EVENTS, certificates, spool) for row, spool in rows}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("fault", FAULTS + MIXTURES, ids=lambda fault: fault.name)
def test_every_event_ends_once_and_as_the_ledger_has_it(results, fault):
    assert results[fault.name, False].result().complaints == []


@pytest.mark.parametrize("spool", [True], ids=["spool"])
@pytest.mark.parametrize("fault", ON_DISK, ids=lambda fault: fault.name)
def test_the_books_balance_with_a_spool_and_what_they_leave_is_in_its_folder(results, fault, spool):
    assert results[fault.name, spool].result().complaints == []


def test_each_row_has_a_name_of_its_own():
    assert len({row.name for row in FAULTS}) == len(FAULTS) >= 40


def test_a_seed_deals_the_same_faults_again():
    def dealt(seed):
        row = mixture(seed, ENDPOINTS[0])
        return [row.on_accept(number) for number in range(50)], [row.when(number) for number in range(50)], row.options

    assert dealt(7) == dealt(7)
    assert dealt(7) != dealt(8)
