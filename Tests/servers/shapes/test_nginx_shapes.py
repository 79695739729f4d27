"""nginx: each shape of a request becomes the right visit, once, or is left out by the right rule."""

import pytest
from support.alone import make

from .nginx_cases import CASES, nginx
from .scene import Scene


@pytest.fixture(scope="module")
def scene():
    make("nginx")
    with Scene(nginx, CASES) as scene:
        yield scene


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_becomes_the_right_visit_or_none(scene, case):
    scene.check(case)


def test_everything_that_was_tracked_arrived_once_and_was_accepted(scene):
    tracked = sum(len(case.visits) for case in CASES)
    assert scene.totals["received"] == scene.totals["good"] == scene.totals["distinct_ids"] == tracked
    assert scene.strangers == []


def test_nothing_was_refused(scene):
    assert {name: count for name, count in scene.status.items() if count and name.startswith(("refused", "errors", "clientless"))} == {}


def test_the_server_ends_in_order(scene):
    assert scene.code == 0
    assert scene.server.broken_lines() == []


def test_a_visitors_secrets_are_nowhere(scene):
    assert scene.leaks() == []
