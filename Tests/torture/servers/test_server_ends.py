"""A few servers, ended right after 60 visits, and the page with the rows of all; `make torture-servers` has the long form."""

import concurrent.futures
import re

import pytest
from support.paths import ROOT

from .page import tables
from .run_row import VISITS, run_row
from .table import ROWS

PAGE = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
QUICK = [row for row in ROWS if row.is_quick]
AT_ONCE = 3


@pytest.fixture(scope="module")
def outcomes(request, scene):
    """The outcomes to come of the rows that are asked for. A busy machine may need longer than an exit may take by default."""
    items = [item for item in request.session.items if item.module is request.module and hasattr(item, "callspec")]
    rows = [item.callspec.params["row"] for item in items if "row" in item.callspec.params]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        yield {row: pool.submit(run_row, row, scene, TPC_EXIT_TIMEOUT_MS="30000") for row in rows}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.name)
def test_a_server_that_is_ended_right_after_its_visits_delivers_them_all(outcomes, row):
    outcome = outcomes[row].result()
    assert outcome.arrived == VISITS, outcome.log
    assert not outcome.left_running


@pytest.mark.parametrize("title", tables())
def test_the_page_has_the_rows_of_the_rig(title):
    section = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]
    assert "\n".join(re.findall(r"^\|.*", section, re.MULTILINE)) == tables()[title]


def test_each_row_has_a_name_of_its_own():
    assert len({row.name for row in ROWS}) == len(ROWS)
