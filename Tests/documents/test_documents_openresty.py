"""What one copies from docs/openresty.md serves a page and delivers its visit."""

import os
import pwd
import re

import pytest

import pages
from servers.openresty.lua_server import LUA, LuaServer
from support import paths

PAGE = pages.PAGES["docs/openresty.md"]
BLOCKS = pages.blocks("openresty")
# The lines of the page that the others stand in for, or are added to.
LINES = next(block.text for block in BLOCKS if "exit_worker_by_lua_block" in block.text)
OTHERS = "".join(block.text for block in BLOCKS if "log_format" in block.text)

HTTP = """
{lines}
server {{
    listen 127.0.0.1:@port@;
    default_type text/html;
    {server}
    location / {{ return 200 "page"; }}
}}
"""


def configuration(block):
    """The block where it belongs, with the paths of a whole system replaced by those of the test."""
    lines, server = LINES, ""
    if block.argument == "phases":
        for phase in re.findall(r"^(\w+_by_lua_block)", block.text, re.MULTILINE):
            lines = re.sub(rf"^{phase}.*\n", "", lines, flags=re.MULTILINE)
        lines += block.text
    elif block.argument == "server":
        lines, server = LINES + (OTHERS if "access_log" in block.text else ""), block.text
    elif block.text != LINES:
        lines, server = LINES + block.text, 'set $tpc "";'
    text = HTTP.format(lines=lines, server=server).replace("/etc/tpc/api_key", "@folder@/api_key")
    return text.replace("/usr/local/share/lua/5.1", "@folder@/lua").replace("/var/log/nginx", "@folder@").replace(
        "/var/lib/tpc-nginx", "@folder@/temporary/spool"
    )  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_the_lines_deliver_the_visit_of_a_page(block, collector):
    collector.reset()
    with LuaServer(configuration(block), environment={"TPC_BASE_URL": collector.url}) as server:
        # The page's `install -d` for the spool.
        if os.geteuid() == 0:
            os.chown(server.folder / "temporary", pwd.getpwnam("nobody").pw_uid, -1)
        assert server.get("/pricing")[0] == 200
        for location in re.findall(r"location (?:= )?(\S+)", block.text):
            assert server.get(location + ("x" if location.endswith("/") else ""))[0] in (200, 404)
        assert server.quit() == 0
        assert [line for line in server.log().splitlines() if re.search("tpc: |[Ll]ua", line)] == []
        if "access_log" in block.text:
            assert '"GET /pricing HTTP/1.1" 200 tpc=tracked' in (server.folder / "visits.log").read_text()
    assert "/pricing" in {record["event"]["page"]["pathname"] for record in collector.good()}


def test_the_line_about_a_wrong_option_is_the_one_that_is_logged():
    (block,) = pages.blocks("openrestylog")
    option = re.match(r"tpc: (\w+):", block.text)[1]
    http = HTTP.format(lines=LINES.replace("label_ai_agents", option), server="").replace("/etc/tpc/api_key", "@folder@/api_key")
    with LuaServer(http.replace("/usr/local/share/lua/5.1", "@folder@/lua")) as server:
        assert server.get("/")[0] == 200
        assert re.findall("tpc: .*", server.log())[:1] == [block.text.strip()]


def test_the_table_names_each_function():
    source = (LUA / "resty/tpc.lua").read_text(encoding="utf-8")
    table = PAGE.text.split("## Functions")[1]
    assert re.findall(r"^\| `(\w+\(\w*\))`", table, re.MULTILINE) == [
        f"{name}({argument})"
        for name, argument in (
            ("init", "options"), ("init_worker", "options"), ("log", "additions"), ("ai_agent", ""), ("stats", ""),
            ("exit_worker", "seconds"),
        )
    ]  # fmt: skip
    assert set(re.findall(r"^\| `(\w+)\(", table, re.MULTILINE)) == set(re.findall(r"^function _M\.(\w+)\(", source, re.MULTILINE))


def test_make_installs_each_file_of_the_module(run, tmp_path):
    run("make", "-C", paths.ROOT, "-o", paths.LIBRARY.resolve().relative_to(paths.ROOT), "install-openresty",
        f"DESTDIR={tmp_path}", "PREFIX=/usr")  # fmt: skip
    folder = tmp_path / "usr/share/lua/5.1"
    installed = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.lua")}
    assert installed == {file.relative_to(LUA): file.read_bytes() for file in LUA.rglob("*.lua")}
    assert (tmp_path / "usr/lib/libtpc.so.0").exists()
