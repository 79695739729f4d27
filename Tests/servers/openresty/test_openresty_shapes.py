"""The requests that the tests of nginx's module send become the same visits with the Lua module."""

import re

import pytest

from servers.shapes import nginx_cases
from servers.shapes.scene import Scene
from servers.shapes.site import FILES, PASSWORDS

from .lua_server import PHASES, LuaServer, init

TRACK = """
log_by_lua_block {
    ngx.var.tpc = require("resty.tpc").log { properties = { case = ngx.var.case, %s }, %s } or "error"
}
"""
OFF = 'log_by_lua_block { ngx.var.tpc = "off" }'
STATUS = """
content_by_lua_block {
    local parts = {}
    for name, value in pairs(require("resty.tpc").stats()) do parts[#parts + 1] = string.format('"%s":%d', name, value) end
    local text = "{" .. table.concat(parts, ",") .. "}"
    ngx.header["Content-Length"] = #text
    ngx.print(text)
}
"""
# What is a directive of nginx's module there is code of the site here.
LUA_FOR = {
    r"tpc_zone tpc;\ntpc_property case \$case;": "",
    r"if \(\$arg_off\) { .*? }": TRACK.replace("require", 'ngx.var.arg_off and "off" or require', 1) % ("", ""),
    r"tpc off;": OFF,
    r"tpc_only_ai_agents on;": TRACK.replace("require", 'not require("resty.tpc").ai_agent() and "not_ai_agent" or require', 1) % ("", ""),
    r"tpc_status;": STATUS,
    r"tpc_if \$consent;": TRACK.replace("require", 'ngx.var.consent == "0" and "tpc_if" or require', 1) % ("", ""),
    r"tpc_property case \$case;\s+tpc_property cache .*?;": TRACK % ("cache = ngx.var.upstream_cache_status", ""),
    r"tpc_property case \$case;\s+tpc_property length .*?;\s+tpc_field .*?;": TRACK
    % ("length = tonumber(ngx.var.body_bytes_sent)", 'title = "A title"'),
    r"tpc_scheme https;\s+tpc_host \"\$host\";": TRACK % ("", 'scheme = "https", host = ngx.var.host'),
    r"tpc_remote_address \$http_x_peer;\s+tpc_client_address \$arg_client;": TRACK
    % ("", "remote_address = ngx.var.http_x_peer, client_address = ngx.var.arg_client"),
    r"server {": 'server {\nset $tpc "-";',
}
# page_types is an option of the whole server, and the Lua module has a word for a subrequest.
WITHOUT = ("tpc_types", "log_subrequest")
CASES = [case for case in nginx_cases.CASES if not any(name in case.name for name in WITHOUT)]


def lua(scene):
    http = nginx_cases.HTTP
    for directive, code in LUA_FOR.items():
        http, count = re.subn(directive, lambda match, code=code: code, http)
        assert count, directive
    http = re.sub(r"tpc_types .*?;", "", http)
    assert not re.search(r"^\s*tpc_", http, re.MULTILINE)
    phases = re.sub("log_by_lua_block.*", lambda match: TRACK % ("", ""), PHASES)
    files = {**FILES, **scene.certificate_files(), "passwords": PASSWORDS}
    return LuaServer(
        phases + http, init(scene.collector, label_ai_agents="true"), ports=nginx_cases.PORTS, files=files,
        values=nginx_cases.values(scene),
    )  # fmt: skip


@pytest.fixture(scope="module")
def scene():
    with Scene(lua, CASES) as running:
        yield running


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_request_becomes_the_right_visit_or_none(scene, case):
    assert scene.found(case) == scene.expected(case)


def test_everything_that_was_tracked_arrived_once_and_was_accepted(scene):
    totals, tracked = scene.totals, sum(len(case.visits) for case in CASES)
    assert totals["received"] == totals["good"] == totals["distinct_ids"] == tracked
    assert scene.strangers == []


def test_the_module_makes_no_error_and_tells_no_secret(scene):
    assert scene.code == 0 and scene.leaks() == [] and scene.server.broken_lines() == []
    assert [line for line in scene.server.log().splitlines() if "tpc: " in line or "lua entry" in line] == []
