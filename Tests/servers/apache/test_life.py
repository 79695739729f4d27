"""How a child of Apache begins, runs and ends with mod_tpc: its client, its log lines, and its thread."""

import json
import os
import re
import signal
import subprocess
import urllib.request

import pytest

from support.paths import ROOT
from support.servers.apache import MPMS, Apache, tracking
from support.servers.collector_process import CollectorProcess
from support.servers.ports import held_port

SITE = """
DocumentRoot @folder@/site
LogFormat "%U%q %{tpc}n" visits
CustomLog @folder@/visits.log visits
<Location /tpc-status>
  SetHandler tpc-status
</Location>
"""
FILES = {"site/index.html": "<p>Hello"}
# Nobody listens there: the port belongs to nobody's server.
DOWN = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess() as process:
        yield process


def _get(server, path="/"):
    with urllib.request.urlopen(server.url + path, timeout=60) as answer:
        return answer.read().decode()


def _visit(server, path="/", times=1):
    """Asks for a page, and waits until the answer is logged, which is after its visit was tracked."""
    log = server.folder / "visits.log"
    before = len(log.read_text().splitlines())
    for _ in range(times):
        _get(server, path)
    server.wait_until(lambda: len(log.read_text().splitlines()) >= before + times, "lines of the access log")


def _threads(process):
    with open(f"/proc/{process}/status") as status:
        return int(next(line for line in status if line.startswith("Threads:")).split()[1])


@pytest.mark.parametrize("mpm", MPMS)
def test_a_visit_just_before_the_end_arrives(collector, mpm):
    for end in ("stop", "quit", "restart", "reload"):
        collector.reset()
        with Apache(tracking(collector) + SITE, files=FILES, mpm=mpm) as server:
            _visit(server, times=5)
            getattr(server, end)()
            assert collector.wait(5)["good"] == 5
            assert not server.broken_lines() and "[tpc:" not in server.log()


def test_a_reload_during_an_outage_loses_nothing_with_a_spool():
    with held_port() as port:
        configuration = f"""TpcEnable On
TpcOption api_key any
TpcOption base_url http://127.0.0.1:{port}
TpcOption spool_directory @folder@/above/spool
TpcShutdownTimeout 100ms
"""
        with Apache(configuration + SITE, files=FILES, mpm="prefork") as server:
            # Two levels that the first process makes, the inner one for the children's user alone.
            assert (server.folder / "above/spool").stat().st_mode & 0o777 == 0o700
            for number in range(6):
                _visit(server, f"/?{number}")
            server.reload()
            with CollectorProcess("--port", str(port)) as collector:
                _get(server, "/?6")
                collector.wait(7)
                pages = {request["event"]["page"]["href"] for request in collector.good()}
            assert pages == {f"{server.url}/?{number}" for number in range(7)}


@pytest.fixture(scope="module")
def interrupted_track(tmp_path_factory):
    library = tmp_path_factory.mktemp("interrupted") / "interrupted_track.so"
    source = ROOT / "Tests/servers/apache/programs/interrupted_track.c"
    command = ["cc", "-shared", "-fPIC", "-Wall", "-Werror", f"-I{ROOT}/include", "-o", library, source]
    subprocess.run(command, check=True)
    # nobody has to be able to read it.
    for folder in (library, *library.parents):
        if folder.stat().st_uid == 0 and folder != folder.parent and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o055)
    return library


def test_a_track_that_sigterm_interrupts_is_sent_before_the_child_ends(collector, interrupted_track):
    collector.reset()
    environment = {"LD_PRELOAD": str(interrupted_track)}
    one_child = "StartServers 1\nMinSpareServers 1\nMaxSpareServers 1\nMaxRequestWorkers 1"
    with Apache(tracking(collector) + SITE, files=FILES, mpm="prefork", children=one_child, environment=environment) as server:
        for number in (1, 2):
            server.wait_until(server.workers, "a child")
            children = server.workers()
            _get(server)
            server.wait_until(lambda: children[0] not in server.workers(), "the child to end")
            assert collector.wait(number)["good"] == number
        assert not server.broken_lines() and "not delivered" not in server.log()


def test_a_child_without_a_visit_has_no_thread_of_ours(collector):
    with Apache(tracking(collector) + SITE, files=FILES, mpm="prefork") as server:
        assert {_threads(child) for child in server.workers()} == {1}
        _visit(server)
        assert 1 in {_threads(child) for child in server.workers()}


def test_log_lines_reach_the_error_log_of_an_idle_server_at_their_level():
    with CollectorProcess("--credential", "api_key=another") as collector:
        with Apache(tracking(collector) + "TpcShutdownTimeout 0\n" + SITE, files=FILES, mpm="prefork") as server:
            _get(server)
            server.wait_for_log("[tpc:")
            assert re.search(r"\[tpc:(warn|error)\] \[pid \d+:tid \d+\] .*401", server.log()), server.log()


def test_what_a_child_leaves_undelivered_is_one_line():
    configuration = f"TpcEnable On\nTpcOption api_key any\nTpcOption base_url {DOWN}\nTpcShutdownTimeout 0\n"
    with Apache(configuration + SITE, files=FILES, mpm="prefork") as server:
        _visit(server)
        server.stop()
        assert server.log().count("1 visits were not delivered before this child ended") == 1
        assert not server.broken_lines()


def test_a_client_that_cannot_be_made_is_one_error_a_child_and_pages_are_served(collector):
    configuration = f"""{tracking(collector)}
TpcOption ai_agents_file @folder@/agents.json
"""
    files = {**FILES, "agents.json": "[]"}
    one_child = "StartServers 1\nThreadsPerChild 4\nMinSpareThreads 1\nMaxSpareThreads 4\nMaxRequestWorkers 4"
    with Apache(configuration + SITE, files=files, children=one_child) as server:
        (server.folder / "agents.json").unlink()
        child = server.workers()[0]
        os.kill(child, signal.SIGKILL)
        server.wait_until(lambda: server.workers() not in ([], [child]), "another child")
        for _ in range(3):
            assert _get(server) == "<p>Hello"
        server.wait_until(lambda: json.loads(_get(server, "/tpc-status"))["clientless"] == 3, "the counters")
        assert json.loads(_get(server, "/tpc-status"))["errors"] == 3
        assert server.log().count("no visits are sent: ai_agents_file") == 1
        assert (server.folder / "visits.log").read_text().splitlines()[:3] == ["/index.html error"] * 3


def test_a_page_from_the_cache_is_a_visit_only_where_its_location_says_so(collector):
    collector.reset()
    configuration = """
CacheRoot @folder@/cache
CacheEnable disk /
Header set Cache-Control max-age=600
<LocationMatch "^/off/">
  TpcEnable Off
</LocationMatch>
<If "%{REQUEST_URI} =~ m#^/if-off/#">
  TpcEnable Off
</If>
"""
    modules = ("mime", "dir", "alias", "headers", "cache", "cache_disk")
    files = {**FILES, "site/off/page.html": "<p>", "site/if-off/page.html": "<p>"}
    paths = ("/index.html", "/off/page.html", "/%6fff/page.html", "/x/../off/page.html", "/if-off/page.html")
    options = {"files": files, "folders": ["cache"], "modules": modules}
    with Apache(tracking(collector) + configuration + SITE, **options) as server:
        for path in paths:
            _visit(server, path, times=2)
        notes = [line.split()[-1] for line in (server.folder / "visits.log").read_text().splitlines()]
        assert notes == ["tracked"] * 2 + ["off"] * 8
        assert collector.wait(2)["good"] == 2
