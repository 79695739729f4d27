"""Every way to end, once, beside a server that answers and one that hangs; `make torture-exits` has the long form."""

import concurrent.futures
import itertools
import subprocess

import pytest
from library.delivery import programs

from .ending import ABRUPT, ENDINGS
from .run_ending import SERVERS, run_ending
from .runtimes import Runtimes
from .unloading import FOLDER, unload

ROWS = list(itertools.product(ENDINGS, SERVERS))
AT_ONCE = 4
# Those that run no handlers, and some of the others.
ON_DISK = [ending for ending in ENDINGS if ending.kind == ABRUPT or ending.way in ("by_exit", "by_close_without_time")]


@pytest.fixture(scope="module")
def outcomes(request):
    """The outcomes to come of the rows that are asked for, each with a server and with or without a spool."""
    items = [item for item in request.session.items if item.module is request.module and hasattr(item, "callspec")]
    asked = [item.callspec.params for item in items]
    rows = [(params["ending"], params.get("server", "hangs"), "server" not in params) for params in asked]
    with Runtimes() as runtimes, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        yield {row: pool.submit(run_ending, *row[:2], runtimes, row[2]) for row in rows}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("ending, server", ROWS, ids=lambda value: getattr(value, "name", value))
def test_a_process_ends_as_it_wants_to_and_says_what_it_leaves(outcomes, ending, server):
    assert outcomes[ending, server, False].result().complaints == []


@pytest.mark.parametrize("ending", ON_DISK, ids=lambda ending: ending.name)
def test_a_process_with_a_spool_loses_nothing_however_it_ends(outcomes, ending):
    assert outcomes[ending, "hangs", True].result().complaints == []


def test_each_row_has_a_name_of_its_own():
    assert len({ending.name for ending in ENDINGS}) == len(ENDINGS)


def test_a_host_that_unloads_the_library_under_load_loses_nothing():
    assert unload() is None


def test_a_program_that_loads_the_library_itself_is_not_linked_with_it():
    dynamic = subprocess.run(["readelf", "-d", programs.compiled("unload", FOLDER)], stdout=subprocess.PIPE, text=True)
    assert "NEEDED" in dynamic.stdout and "libtpc" not in dynamic.stdout.partition("RUNPATH")[0]
