"""PHP as Apache's module: every visit arrives, however Apache's workers end."""

import pytest

from . import package
from .apache_site import ApacheSite

VISITS = 60
PAGE = "<?php require '{package}/autoload.php'; Tpc\\Web\\PageVisits::trackAtShutdown(); echo 'page ', $_SERVER['REQUEST_URI'];"


@pytest.fixture
def site(built, collector):
    def site(*settings, **pool):
        variables = {"TPC_API_KEY": package.KEY, "THE_PROMPTING_COMPANY_BASE_URL": collector.url, "TPC_EXIT_TIMEOUT_MS": "60000"}
        return ApacheSite(PAGE, built, variables, *settings, **pool)

    return site


def visit(running):
    for number in range(VISITS):
        assert running.get(f"/page/{number}") == (200, f"page /page/{number}")


@pytest.mark.parametrize("ending", ["at once", "after their requests", "after so many requests"])
def test_every_visit_arrives_when_workers_end(ending, site, collector):
    collector.mode({"delay_ms": 20, "count": VISITS})
    with site("ffi.enable=true", max_requests=30 if ending == "after so many requests" else 0) as running:
        visit(running)
        if ending == "after their requests":
            running.graceful()
            running.wait_for_log("resuming normal operations", times=2)
    assert {entry["event"]["page"]["pathname"] for entry in collector.good(limit=VISITS)} == {f"/page/{n}" for n in range(VISITS)}


def test_where_ffi_is_forbidden_apaches_log_says_so_and_the_page_is_unharmed(site, collector):
    with site(workers=1) as running:
        visit(running)
        assert running.log().count("tpc-events: ") == 1 and "ffi.enable=preload forbids FFI here" in running.log()
    assert collector.totals()["received"] == 0
