"""The rig's own arithmetic, and that it runs a row. Tests/library/delivery/test_goodput.py has the laws' quick forms."""

import pytest

from .capacity import Allowance, Capacity
from .law import Load, Row, Server
from .run_row import prepare, run_row
from .seen import Seen, counter, longest_track, lowest_rate, mean_rate, share_of_the_others, undelivered
from .table import ROWS


def test_each_row_has_a_name_of_its_own_and_one_bound():
    assert len({row.name for row in ROWS}) == len(ROWS) >= 40
    assert all((row.at_least is None) != (row.at_most is None) for row in ROWS)


def test_a_capacity_answers_so_many_at_a_time_and_queues_the_others():
    capacity = Capacity(2, 0.1)
    assert [round(capacity.delay(0.0), 3) for _ in range(5)] == [0.1, 0.1, 0.2, 0.2, 0.3]
    assert capacity.delay(10.0) == pytest.approx(0.1)


def test_an_allowance_takes_so_many_a_second():
    allowance = Allowance(10)
    assert sum(allowance.takes(0.0) for _ in range(30)) == 10
    assert sum(allowance.takes(0.5) for _ in range(30)) == 5


def line(time, delivered, **more):
    return {"time": time, "tracked": 10 * time, "accepted": 10 * time, "delivered": delivered, "worst_track_ms": 0.1, **more}


def seen(lines, answers=(), server=None):
    row = Row("made up", server or Server(), Load(10, 20), counter("delivered"), at_least=1)
    return Seen(row, lines, list(answers))


def test_a_rate_is_that_of_the_stretch_in_which_it_was_lowest():
    delivered = [10 * min(time, 10) + 10 * max(0, time - 20) for time in range(41)]
    run = seen([line(time, count) for time, count in enumerate(delivered)])
    assert lowest_rate(0, 10)(run) == 10
    assert lowest_rate(0, 40)(run) == 0
    assert mean_rate(0, 40)(run) == 7.5
    assert undelivered(run) == 400 - 300


def test_the_share_of_the_others_leaves_the_poisoned_events_and_the_failures_out():
    server = Server(is_poisoned=lambda number: number % 2 == 0)
    answers = [(number / 10, number, 500 if number % 2 == 0 else 200) for number in range(100)]
    lines = [line(time, 0) for time in range(11)]
    assert share_of_the_others(0, 10)(seen(lines, answers, server)) == 1
    assert share_of_the_others(0, 10)(seen(lines, answers[:50], server)) == 0.5


def test_the_slowest_call_of_track_is_looked_for_behind_the_first_second():
    lines = [line(time / 4, 0) for time in range(20)]
    lines[1]["worst_track_ms"], lines[9]["worst_track_ms"] = 50, 7
    assert longest_track(seen(lines)) == 7


@pytest.mark.parametrize("server", [Server(lost_replies=1), Server(protocol="HTTP/2", deaths=0.2, ways=("reset", 500))])
def test_a_row_is_carried_out_and_its_figure_is_held_against_its_bound(certificates, server):
    prepare()
    load = Load(40, 1, at_once=20, flush_ms=60_000)
    row = Row("short", server, load, undelivered, at_most=0, options={"retry_initial_ms": 20})
    result = run_row(row, certificates)
    assert (result.figure, result.complaints) == (0, [])
    assert row.holds(result.figure) and result.seen.last["requests"] > result.seen.last["accepted"]
