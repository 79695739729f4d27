"""Whatever happens to the Lua module, pages are served, and the error log says once what is wrong."""

import re
import threading

import pytest

from support.servers.collector_process import CollectorProcess
from support.servers.ports import held_port

from .lua_server import PHASES, LuaServer, init

PAGES = 'server { listen 127.0.0.1:@port@; default_type text/html; location / { return 200 "page"; } }'
HTTP = PHASES + PAGES


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess() as running:
        yield running


def serves(server):
    assert [server.get(f"/{number}")[0] for number in range(3)] == [200, 200, 200]


def lines_of(server, text):
    return [line for line in server.log().splitlines() if text in line]


def test_visits_during_reloads_arrive_once(collector):
    collector.reset()
    answered = []

    def visit(thread):
        for number in range(250):
            if server.get(f"/visit-{thread}-{number}")[0] == 200:
                answered.append(f"/visit-{thread}-{number}")

    # The collector may be slow.
    with LuaServer(HTTP.replace("exit_worker()", "exit_worker(60)"), init(collector), workers=2) as server:
        threads = [threading.Thread(target=visit, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        try:
            for count in (50, 150, 250, 350):
                server.wait_until(lambda count=count: len(answered) >= count, f"{count} answers")
                server.reload()
        finally:
            for thread in threads:
                thread.join()
        assert server.quit() == 0
        assert server.broken_lines() == [] and lines_of(server, "tpc:") == []
    delivered = sorted(record["event"]["page"]["pathname"] for record in collector.good(100000))
    assert delivered == sorted(answered) and len(answered) == 500


def test_workers_that_end_at_once_deliver_what_they_have(collector):
    collector.reset()
    with LuaServer(HTTP, init(collector)) as server:
        serves(server)
        assert server.stop() == 0
        assert server.broken_lines() == [] and lines_of(server, "tpc:") == []
    assert collector.totals()["good"] == 3


def test_visits_arrive_without_exit_worker_too(collector):
    collector.reset()
    http = re.sub("exit_worker_by_lua_block.*", "", PHASES) + PAGES
    assert "exit_worker" not in http
    with LuaServer(http, init(collector)) as server:
        serves(server)
        assert server.quit() == 0
    assert collector.totals()["good"] == 3


BROKEN = {
    "a missing credential": ('require("resty.tpc").init { base_url = "http://127.0.0.1:1" }', "no credential is set"),
    "an unknown option": ('require("resty.tpc").init { api_key = "k", sampel_rate = 1 }', "sampel_rate: .*did you mean sample_rate"),
    "a value that is not accepted": ('require("resty.tpc").init { api_key = "k", sample_rate = 7 }', "sample_rate: .*from 0 to 1"),
    "a key's file that is not there": ('require("resty.tpc").init { api_key_file = "/nowhere/key" }', "api_key_file: .*does not exist"),
    "options that are not a table": ('require("resty.tpc").init("key")', "the options are a string; expected a table"),
}


@pytest.mark.parametrize("code, message", BROKEN.values(), ids=BROKEN)
def test_a_wrong_configuration_breaks_no_page_unless_it_is_asserted(code, message):
    with LuaServer(HTTP, code) as server:
        serves(server)
        assert server.quit() == 0
        logged = server.log()
        assert len(re.findall(rf"\[error\].*tpc: .*{message}", logged)) == 1, logged
        assert logged.count("tpc: ") == 1
    with pytest.raises(RuntimeError, match=f"waited for it to serve(?s:.*){message}"), LuaServer(HTTP, f"assert({code})"):
        pass


def worker_options(given):
    return PHASES.replace("init_worker()", "init_worker { %s }" % given) + PAGES


def test_options_may_be_given_to_the_worker(collector):
    collector.reset()
    with LuaServer(worker_options(f'base_url = "{collector.url}", api_key = "k"')) as server:
        serves(server)
        assert server.quit() == 0
        assert "tpc: " not in server.log()
    assert collector.totals()["good"] == 3


def test_each_worker_says_what_is_wrong_with_its_options():
    with LuaServer(worker_options('api_key = "k", only_ai_agent = true'), workers=2) as server:
        serves(server)
        assert server.quit() == 0
        lines = lines_of(server, "tpc: ")
        assert len(lines) == 2 and all("nothing is tracked: only_ai_agent: " in line and "[error]" in line for line in lines)


def test_the_environment_of_the_master_counts(collector):
    collector.reset()
    variables = {"TPC_API_KEY": "k", "TPC_BASE_URL": collector.url, "TPC_LOG_LEVL": "off"}
    with LuaServer(HTTP, 'require("resty.tpc").init()', environment=variables) as server:
        serves(server)
        server.wait_for_log("TPC_LOG_LEVL")
        assert server.quit() == 0
        assert ["TPC_LOG_LEVEL" in line and "[warn]" in line for line in lines_of(server, "tpc: ")] == [True]
    assert collector.totals()["good"] == 3


def test_without_init_worker_one_line_says_so():
    http = 'lua_package_path "@folder@/lua/?.lua;;"; log_by_lua_block { require("resty.tpc").log() }' + PAGES
    with LuaServer(http) as server:
        serves(server)
        assert server.quit() == 0
        assert len(lines_of(server, "tpc: ")) == 1 and "init_worker was not called" in lines_of(server, "tpc: ")[0]


def test_without_the_library_one_line_says_so(tmp_path):
    (tmp_path / "libtpc.so.0").write_text("not a library")
    with LuaServer(HTTP, 'require("resty.tpc").init()', library=tmp_path) as server:
        serves(server)
        assert server.quit() == 0
        assert len(lines_of(server, "tpc: ")) == 1 and "the library cannot be loaded" in lines_of(server, "tpc: ")[0]


def test_the_librarys_lines_are_in_the_error_log_at_their_level():
    with held_port() as port, LuaServer(HTTP, init(Nowhere(port), retry_initial_ms=1)) as server:
        serves(server)
        server.wait_for_log("tpc: ")
        assert server.stop() == 0
        first, *_, last = lines_of(server, "tpc: ")
        assert "[warn]" in first and "/api/v1/analytics/events" not in first
        assert "[warn]" in last and "tpc: 3 visits were not delivered before the worker ended" in last
        assert server.broken_lines() == []


class Nowhere:
    """An endpoint that nobody listens at."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
