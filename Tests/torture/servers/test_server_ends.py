"""A few servers, ended right after 60 visits, and the page with the rows of all; `make torture-servers` has the long form."""

import concurrent.futures
import itertools
import re

import pytest
from support.paths import ROOT

from . import apache
from .__main__ import described, run_until_it_agrees
from .page import tables
from .row import NOTHING, SOME, Row
from .run_row import VISITS, run_row
from .table import ROWS

PAGE = (ROOT / "docs" / "servers.md").read_text(encoding="utf-8")
QUICK = [row for row in ROWS if row.is_quick]
AT_ONCE = 3
# Of commands that are only made: nobody listens there.
PORTS = itertools.count(1)


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


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_row_has_a_command_on_this_machine(row, scene, monkeypatch):
    monkeypatch.setattr(apache, "_unpacked", lambda _, pattern: pattern)  # a module of the long form
    assert all(map(str, row.command(scene, next(PORTS))))


def test_a_row_that_cannot_be_run_is_wrong_and_ends_nothing(scene):
    def fails(scene, port):
        raise KeyError("a setting")

    row = Row("a server", "SIGTERM", SOME, NOTHING, fails, None)
    outcomes = run_until_it_agrees(row, scene)
    assert not any(outcome.agrees(row) for outcome in outcomes)
    assert described(outcomes) == "nothing, as it failed (before that nothing, as it failed, nothing, as it failed)"
    assert "KeyError: 'a setting'" in outcomes[-1].log
