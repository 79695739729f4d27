"""nginx and php-fpm: every visit arrives, whatever way FFI is allowed, and no page is harmed where it is not."""

import concurrent.futures
import re
import threading

import pytest

from . import package
from .fpm_site import PATIENCE, FpmSite

REQUESTS = 800
LOG_LINE = "tpc-events: "

PAGE = """<?php
require '{package}/autoload.php';
Tpc\\Web\\PageVisits::trackAtShutdown();
echo 'page ', $_SERVER['REQUEST_URI'];
"""


@pytest.fixture
def page(built, tmp_path):
    """The front controller of a site that tracks its pages."""
    script = tmp_path / "index.php"
    script.write_text(PAGE.format(package=built))
    return script


@pytest.fixture
def preloading(built, tmp_path):
    """What php.ini has to say besides Debian's defaults, where only preloaded code may use FFI."""
    header = tmp_path / "tpc.ffi.h"
    command = ["php", built / "bin/tpc-ffi-header"]
    header.write_bytes(package.output_of(command, environment=package.environment()))
    return (f"ffi.preload={header}", f"opcache.preload={built}/preload.php")


@pytest.fixture(params=["preloaded", "enabled"])
def allowing_ffi(request):
    return request.getfixturevalue("preloading") if request.param == "preloaded" else ("ffi.enable=true",)


def site(page, collector, *flags, **pool):
    # The pool's workers see only the variables that the pool names. A busy machine gets more than two seconds at the end.
    variables = {
        "TPC_API_KEY": package.KEY,
        "THE_PROMPTING_COMPANY_BASE_URL": collector.url,
        "TPC_EXIT_TIMEOUT_MS": PATIENCE * 1000,
    }
    return FpmSite(page, variables, *flags, **pool)


def visit(site, numbers, served=None):
    """Asks for these pages one after the other, over one connection."""
    connection = site.connection()
    for number in numbers:
        assert site.get(f"/page/{number}", connection) == (200, f"page /page/{number}")
        if served is not None:
            served.release()


def visit_all(site, in_the_middle=None):
    """Asks for all pages over eight connections; `in_the_middle` is called when half of them were served."""
    served = threading.Semaphore(0)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        visits = [pool.submit(visit, site, range(first, REQUESTS, 8), served) for first in range(8)]
        if in_the_middle is not None:
            assert all(served.acquire(timeout=PATIENCE) for _ in range(REQUESTS // 2))
            in_the_middle()
        for done in visits:
            done.result()


def paths(collector):
    return {request["event"]["page"]["pathname"] for request in collector.good(limit=2 * REQUESTS)}


def test_every_visit_arrives_through_a_graceful_reload(page, allowing_ffi, collector):
    with site(page, collector, *allowing_ffi) as running:
        first_workers = running.workers()

        visit_all(running, in_the_middle=running.reload)
        running.wait_for_log("ready to handle connections", times=2)
        assert not running.workers() & first_workers
        collector.wait(REQUESTS, timeout=PATIENCE)
        assert paths(collector) == {f"/page/{number}" for number in range(REQUESTS)}
        assert collector.totals()["bad"] == 0
        assert "exited on signal" not in running.log()
        assert LOG_LINE not in running.log()


def test_every_visit_arrives_when_workers_end_after_so_many_requests(page, collector):
    with site(page, collector, "ffi.enable=true", max_requests=40) as running:
        visit_all(running)
        collector.wait(REQUESTS, timeout=PATIENCE)
        assert paths(collector) == {f"/page/{number}" for number in range(REQUESTS)}
        assert "exited on signal" not in running.log()


def test_visits_are_delivered_between_requests_by_a_worker_that_stays(page, collector):
    with site(page, collector, "ffi.enable=true", workers=1) as running:
        workers = running.workers()
        for number in range(3):
            visit(running, [number])
            collector.wait(number + 1, timeout=PATIENCE)
        assert running.workers() == workers


@pytest.mark.parametrize(
    "flags, expected",
    [
        (("ffi.enable=false",), r"ffi\.enable=false forbids FFI here; expected ffi\.enable=true, or opcache\.preload"),
        ((), r"ffi\.enable=preload forbids FFI here; expected ffi\.enable=true, or opcache\.preload"),
    ],
    ids=["false", "preload without anything preloaded"],
)
def test_where_ffi_is_forbidden_each_worker_says_so_once_and_the_page_is_unharmed(page, collector, flags, expected):
    with site(page, collector, *flags, workers=2) as running:
        workers = running.workers()
        visit_all(running)
        assert running.workers() == workers
        lines = [line for line in running.log().splitlines() if LOG_LINE in line]
        assert all(re.search(expected, line) for line in lines)
        assert [line.count(LOG_LINE) for line in lines] == [1] * len(workers)
    assert collector.totals()["received"] == 0


def test_a_missing_library_is_reported_once_and_the_page_is_unharmed(page, collector, tmp_path):
    missing = tmp_path / "nowhere.so"
    variables = {"TPC_LIBRARY": missing}
    with FpmSite(page, variables, "ffi.enable=true", workers=1) as running:
        visit(running, range(20))
        log = running.log()
    assert log.count(LOG_LINE) == 1
    assert f"found no libtpc.so.0 that loads; tried {missing} (TPC_LIBRARY)" in log


def test_a_missing_key_is_reported_once_and_the_page_is_unharmed(page):
    with FpmSite(page, {}, "ffi.enable=true", workers=1) as running:
        visit(running, range(20))
        log = running.log()
    assert log.count(LOG_LINE) == 1
    assert "api_key: no credential is set" in log


@pytest.mark.parametrize("catch", ["no", "yes"])
def test_the_librarys_own_lines_reach_the_error_log(page, collector, catch):
    collector.mode({"status": 401, "count": 1000})
    variables = {"TPC_API_KEY": package.KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector.url, "TPC_EXIT_TIMEOUT_MS": 0}
    with FpmSite(page, variables, "ffi.enable=true", workers=1, catch_workers_output=catch) as running:
        # The first line is there once the first visit was refused; the next request passes it on.
        for number in range(1000):
            visit(running, [number])
            said = running.log() + running.server_log()
            if "tpc-events: " in said:
                break
        assert re.search(r"tpc-events: (warn|error): .*401", said), said
        assert package.KEY not in said
