"""Each shape of a request becomes the right visit, once, or is left out by the right rule: in nginx, and in Apache with and
without threads."""

import contextlib
import functools

import pytest
from support.alone import make

from . import apache_cases, nginx_cases
from .scene import Scene
from .shared_cases import is_http2

# mod_http2 does not work with prefork, which also runs as an ordinary user here.
SERVERS = {
    "nginx": (nginx_cases.nginx, nginx_cases.CASES),
    "apache": (apache_cases.apache, apache_cases.CASES),
    "apache prefork": (
        functools.partial(apache_cases.apache, mpm="prefork", user="nobody"),
        [case for case in apache_cases.CASES if not is_http2(case)],
    ),
}  # fmt: skip
ROWS = [pytest.param(name, case, id=f"{name}: {case.name}") for name, (_, cases) in SERVERS.items() for case in cases]
# The access log's words for requests that no rule has left out.
NO_RULE = ("tracked", "off", "error", "-")
each_server = pytest.mark.parametrize("name", SERVERS)


@pytest.fixture(scope="module")
def scene():
    """The scene of a server, by its name: it is asked for everything when its first test runs."""
    with contextlib.ExitStack() as stack:

        @functools.cache
        def run(name):
            make(name.split()[0])
            return stack.enter_context(Scene(*SERVERS[name]))

        yield run


@pytest.mark.parametrize("name, case", ROWS)
def test_a_request_becomes_the_right_visit_or_none(scene, name, case):
    assert scene(name).found(case) == scene(name).expected(case)


@each_server
def test_everything_that_was_tracked_arrived_once_and_was_accepted(scene, name):
    totals, tracked = scene(name).totals, sum(len(case.visits) for case in SERVERS[name][1])
    assert totals["received"] == totals["good"] == totals["distinct_ids"] == tracked
    assert scene(name).strangers == []


@each_server
def test_the_counters_say_what_the_access_log_says(scene, name):
    status, words = scene(name).status, scene(name).logged_words()
    assert status["accepted"] == words["tracked"]
    assert status["left_out"] == sum(count for word, count in words.items() if word not in NO_RULE)
    assert words["error"] == status["errors"] == status["clientless"] == 0
    assert [count for counter, count in status.items() if counter.startswith("refused") and count] == []


@each_server
def test_the_module_names_itself(scene, name):
    kinds = {tuple(request["event"]["sdk"][member] for member in ("name", "runtime")) for request in scene(name).received}
    ((sdk, runtime),) = kinds
    assert (sdk, runtime.partition("/")[0]) == (f"tpc-{name.split()[0]}", {"nginx": "nginx"}.get(name, "apache"))


@each_server
def test_the_server_ends_in_order(scene, name):
    assert scene(name).code == 0
    assert scene(name).server.broken_lines() == []


@each_server
def test_a_visitors_secrets_are_nowhere(scene, name):
    assert scene(name).leaks() == []
