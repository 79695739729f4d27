"""Debian's nginx with its Lua module, and ours in Lua."""

import re
import socket

from support import paths
from support.servers.nginx import Nginx

LUA = paths.ROOT / "servers" / "openresty" / "lib"
MODULES = ("ndk_http_module.so", "ngx_http_lua_module.so")
PATIENCE = 60

PHASES = """
lua_package_path "@folder@/lua/?.lua;;";
init_by_lua_block { @init@ }
init_worker_by_lua_block { require("resty.tpc").init_worker() }
exit_worker_by_lua_block { require("resty.tpc").exit_worker() }
log_by_lua_block { require("resty.tpc").log() }
"""


class LuaServer(Nginx):
    """Serves `http`, in which `@init@` is the Lua code of init_by_lua."""

    def __init__(self, http, init="", **options):
        files = {f"lua/{file.relative_to(LUA)}": file.read_bytes() for file in LUA.rglob("*.lua")}
        files |= options.pop("files", {})
        super().__init__(http.replace("@init@", init), modules=MODULES, module=None, files=files, **options)

    def exchange(self, *lines, port=None, body=b""):
        """Sends a request of these lines (texts are UTF-8) on a connection of its own; returns the answer's status and its text."""
        head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in (*lines, "Connection: close", "", ""))
        with socket.create_connection(("127.0.0.1", port or self.port), PATIENCE) as connection:
            connection.sendall(head + body)
            with connection.makefile("rb") as answer:
                text = answer.read().decode("latin-1")
        found = re.match(r"HTTP/1\.1 (\d+)", text)
        return int(found[1]) if found else None, text

    def get(self, target, *headers, host="shop.example.com", **options):
        return self.exchange(f"GET {target} HTTP/1.1", f"Host: {host}", *headers, **options)


def init(collector, **given):
    """The code of init_by_lua for a server that sends to the collector."""
    settings = {"base_url": f'"{collector.url}"', "api_key_file": '"@folder@/api_key"', **given}
    return 'assert(require("resty.tpc").init { %s })' % ", ".join(f"{name} = {value}" for name, value in settings.items())
