"""The Lua module tells the library about each request what the module for nginx tells it."""

import datetime
import json
import re

import pytest

from support import header, paths
from support.servers.collector_process import CollectorProcess

from .lua_server import LUA, PHASES, LuaServer, init

HTTP = PHASES + """
log_format tpc '$request_uri $tpc';
server {
    listen 127.0.0.1:@port@;
    server_name www.example.com;
    root @folder@/site;
    default_type text/html;
    set $tpc "";
    access_log @folder@/tpc.log tpc;
    log_by_lua_block { ngx.var.tpc = require("resty.tpc").log() or "error" }

    location / { }
    location /json { default_type application/json; return 200 "{}"; }
    location /old { rewrite ^ /page.html last; }
    location /missing { error_page 404 =200 /page.html; return 404; }
    location /gone { return 404; }
    location /lua { content_by_lua_block {
        ngx.header["Content-Type"] = "text/markdown"
        ngx.req.set_uri("/other")
        ngx.print(ngx.location.capture("/page.html").body)
    } }
    location /guarded { auth_request /page.html; try_files /page.html =404; }
    location /agents {
        access_by_lua_block {
            local agent = require("resty.tpc").ai_agent()
            if not agent then return ngx.exit(403) end
            ngx.header["X-Agent"] = table.concat({ agent.name, agent.operator, agent.purpose, tostring(agent.verified) }, " ")
        }
        try_files /page.html =404;
    }
    location /labeled { try_files /page.html =404; log_by_lua_block { ngx.var.tpc = require("resty.tpc").log {
        session_id = "s-1", anonymous_id = "", title = "Fa\\xe7ade", host = "labeled.example.com", scheme = "https",
        client_address = "198.51.100.3", unknown = 1,
        properties = { plan = "pro", name = "M\\xfcller", count = 42, share = 0.5, paid = true, none = nil, empty = "",
                       odd = {}, endless = 1/0 },
    } or "error" } }
    location /failing { try_files /page.html =404;
        log_by_lua_block { ngx.var.tpc = require("resty.tpc").log { host = "not a host" } or "error" } }
    location /stats { content_by_lua_block {
        local stats = require("resty.tpc").stats()
        local names = {}
        for name, value in pairs(stats) do names[#names + 1] = name .. "=" .. value end
        table.sort(names)
        ngx.header["Content-Type"] = "application/octet-stream"
        ngx.say(table.concat(names, "\\n"))
    } }
}
server {
    listen 127.0.0.1:@real_ip@;
    root @folder@/site;
    default_type text/html;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Real-IP;
}
"""


@pytest.fixture(scope="module")
def collector():
    with CollectorProcess() as running:
        yield running


@pytest.fixture(scope="module")
def server(collector):
    """One server for all cases; the library trusts this machine as a proxy."""
    code = init(collector, trusted_proxies='{ "127.0.0.1", "192.0.2.0/28" }', label_ai_agents="true",
                ai_agents_file='"@folder@/agents.json"', ai_ranges_dir='"@folder@/ranges"')
    files = {
        "agents.json": '[{"name": "AcmeBot", "operator": "Acme", "purpose": "search"}]',
        "ranges/gptbot.json": json.dumps({"creationTime": datetime.datetime.now().isoformat(), "prefixes": [{"ipv4Prefix": "192.0.2.128/25"}]}),
        "site/page.html": "<title>Page</title>", "site/index.html": "<title>Index</title>"}
    with LuaServer(HTTP, code, ports=("port", "real_ip"), files=files) as running:
        yield running
        assert running.quit() == 0
        assert running.broken_lines() == []


@pytest.fixture
def visit(collector, server):
    """The event of the one visit that a request becomes."""

    def visit(*lines, **options):
        # What other tests left has arrived.
        server.wait_until(lambda: " pending=0 " in " ".join(server.get("/stats")[1].split()), "no event to be pending")
        collector.reset()
        server.exchange(*lines, **options)
        collector.wait(1)
        (record,) = collector.all()
        return record["event"]

    return visit


def result_of(server, target):
    """What log returned for the target."""
    found = []

    def logged():
        found[:] = re.findall(rf"^{re.escape(target)} (\S+)$", (server.folder / "tpc.log").read_text(), re.MULTILINE)
        return found

    server.wait_until(logged, f"{target} in the access log")
    return found[-1]


def test_each_declaration_is_one_of_the_header():
    def plain(text):
        return re.sub(r"\s+", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

    ours = re.search(r"DECLARATIONS = \[\[(.*?)\]\]", (LUA / "resty/tpc/library.lua").read_text(), re.DOTALL)[1]
    theirs = plain(header.TEXT[header.TEXT.index("/* BEGIN FFI") : header.TEXT.index("/* END FFI")])
    declarations = re.findall(r"typedef struct \w+ {.*?} \w+;|[^;{}]+;", ours, re.DOTALL)
    assert len(declarations) > 20 and plain("".join(declarations)) == plain(ours)
    assert [one for one in declarations if plain(one) not in theirs] == []


def test_the_numbers_are_those_of_the_header():
    text = (LUA / "resty/tpc/request.lua").read_text() + (LUA / "resty/tpc.lua").read_text()
    names, numbers = re.search(r"^local (METHOD.*) = ([\d, ]+)$", text, re.MULTILINE).groups()
    ours = {f"TPC_REQUEST_{name}": number for name, number in zip(names.split(", "), numbers.split(", "), strict=True)}
    ours |= {f"TPC_REQUEST_{name}": number for name, number in re.findall(r"^local (USER_AGENT) = (\d+)$", text, re.MULTILINE)}
    fields = re.search(r"EVENT_FIELDS = {(.*)}", text)[1]
    names = {"session_id": "SESSION_ID", "anonymous_id": "ANONYMOUS_ID", "title": "PAGE_TITLE", "canonical_url": "PAGE_CANONICAL_URL"}
    ours |= {f"TPC_FIELD_{names[name]}": number for name, number in re.findall(r"(\w+) = (\d+)", fields)}
    assert len(ours) == 13
    assert ours == {name: number for name, number in re.findall(r"(TPC_\w+) = (\d+)", header.TEXT) if name in ours}


def test_a_page_visit_has_what_nginx_knows(visit):
    event = visit(
        "GET /page.html?q=1 HTTP/1.1", "Host: shop.example.com:8080", "User-Agent: GPTBot/1.2", "Referer: https://example.org/"
    )
    assert event["page"]["href"] == "http://shop.example.com:8080/page.html?q=1"
    assert event["request"] == {
        "referrer": "https://example.org/", "userAgent": "GPTBot/1.2", "clientIp": "127.0.0.1", "method": "GET",
    }  # fmt: skip
    assert event["properties"] == {
        "status": 200, "aiAgent": "GPTBot", "aiOperator": "OpenAI", "aiPurpose": "training",
    }  # fmt: skip
    assert event["sdk"]["name"] == "tpc-openresty" and event["sdk"]["version"] == paths.VERSION
    assert re.fullmatch(r"nginx/\d+\.\d+\.\d+", event["sdk"]["runtime"])


HOST = "Host: shop.example.com"
SHAPES = {
    "bytes that are not UTF-8 are Latin-1": (
        (b"GET /page.html?name=M\xfcller HTTP/1.1", HOST, b"User-Agent: Caf\xe9/1"),
        {"href": "http://shop.example.com/page.html?name=M%C3%BCller", "userAgent": "Café/1"},
    ),
    "UTF-8 stays UTF-8": (
        ("GET /page.html?name=Müller HTTP/1.1", HOST, "User-Agent: Café/1"),
        {"href": "http://shop.example.com/page.html?name=M%C3%BCller", "userAgent": "Café/1"},
    ),
    "without a Host header, the server's name": (("GET /page.html HTTP/1.0",), {"href": "http://www.example.com/page.html"}),
    "a host with an underscore": (("GET /page.html HTTP/1.1", "Host: my_shop.example.com"), {"href": "http://my_shop.example.com/page.html"}),
    "the host of a whole URL": (
        ("GET http://whole.example.com:81/page.html HTTP/1.1", HOST),
        {"href": "http://whole.example.com:81/page.html"},
    ),
    "HEAD": (("HEAD /page.html HTTP/1.1", HOST), {"method": "HEAD"}),
    "304": (
        ("GET /page.html HTTP/1.1", HOST, "If-None-Match: *"),
        {"status": 304},
    ),
    "an index": (("GET / HTTP/1.1", HOST), {"href": "http://shop.example.com/"}),
    "a rewrite": (("GET /old?a=b HTTP/1.1", HOST), {"href": "http://shop.example.com/old?a=b"}),
    "an error page with another status": (("GET /missing HTTP/1.1", HOST), {"href": "http://shop.example.com/missing", "status": 200}),
    "Lua's own content, with subrequests": (("GET /lua HTTP/1.1", HOST), {"href": "http://shop.example.com/lua"}),
    "auth_request": (("GET /guarded HTTP/1.1", HOST), {"href": "http://shop.example.com/guarded"}),
    "a repeated header": (
        ("GET /page.html HTTP/1.1", HOST, *(f"X-Forwarded-For: {address}" for address in ("198.51.100.7", "203.0.113.9", "192.0.2.1"))),
        {"clientIp": "203.0.113.9"},
    ),
    "what a trusted proxy says": (
        ("GET /page.html HTTP/1.1", HOST, "X-Forwarded-Proto: https", "X-Forwarded-Host: www.example.org"),
        {"href": "https://www.example.org/page.html"},
    ),
    "many headers": (
        ("GET /page.html HTTP/1.1", HOST, *(f"X-Other-{i}: {i}" for i in range(150)), "User-Agent: Late/1"),
        {"userAgent": "Late/1"},
    ),
}


def seen(event):
    return {**event["page"], **event["request"], **event["properties"]}


@pytest.mark.parametrize("lines, expected", SHAPES.values(), ids=SHAPES)
def test_a_request_is_the_visit_that_its_visitor_made(lines, expected, visit):
    found = seen(visit(*lines))
    assert {name: found[name] for name in expected} == expected


def test_the_peer_is_the_connection_and_the_visitor_is_whom_real_ip_found(server, visit):
    lines = ("GET /page.html HTTP/1.1", HOST, "X-Real-IP: 203.0.113.7", "X-Forwarded-Proto: https")
    found = seen(visit(*lines, port=server.ports["real_ip"]))
    assert (found["clientIp"], found["href"]) == ("203.0.113.7", "https://shop.example.com/page.html")


LEFT_OUT = {
    "an error": ("GET /gone/1 HTTP/1.1", 404, "status"),
    "a type that is not a page": ("GET /json/1 HTTP/1.1", 200, "content_type"),
    "a POST that ended in an error page": ("POST /missing/1 HTTP/1.1", 200, "method"),
    "a page": ("GET /page.html?left-out HTTP/1.1", 200, "tracked"),
}


@pytest.mark.parametrize("line, status, rule", LEFT_OUT.values(), ids=LEFT_OUT)
def test_log_returns_the_rule(line, status, rule, server):
    assert server.exchange(line, HOST, "Content-Length: 0")[0] == status
    assert result_of(server, line.split()[1]) == rule


def test_a_request_that_nginx_cannot_read_does_not_count_as_an_error(server):
    assert server.exchange("GET /unread able HTTP/9.9", HOST)[0] in (400, 505)
    server.get("/page.html?after")
    assert result_of(server, "/page.html?after") == "tracked"
    assert "attempt to" not in server.log() and "unread" not in "".join(re.findall("tpc: .*", server.log()))


def test_the_site_adds_to_the_visit_and_what_is_odd_is_logged_once(server, visit):
    for _ in range(2):
        event = visit("GET /labeled HTTP/1.1", HOST)
    assert event["page"]["href"] == "https://labeled.example.com/labeled" and event["page"]["title"] == "Façade"
    assert event["sessionId"] == "s-1" and "anonymousId" not in event and event["request"]["clientIp"] == "198.51.100.3"
    assert event["properties"] == {"status": 200, "plan": "pro", "name": "Müller", "count": 42, "share": 0.5, "paid": True}
    for text in ("log was given unknown", "a property is a table", "a property is left out: /properties/endless"):
        server.wait_for_log(f"tpc: {text}")
        assert server.log().count(f"tpc: {text}") == 1


def test_a_visit_that_is_refused_is_logged_once_and_counted(server):
    for number in (1, 2):
        assert server.get(f"/failing/{number}")[0] == 200
        assert result_of(server, f"/failing/{number}") == "error"
    server.wait_for_log("tpc: a visit was not tracked")
    (line,) = re.findall(r"\[warn\].*tpc: a visit was not tracked: TPC_ERROR_INVALID_EVENT.*", server.log())
    # nginx adds the visitor's address and request to what is logged during a request.
    assert "127.0.0.1" not in line and "/failing" not in line
    stats = dict(line.split("=") for line in server.get("/stats")[1].split() if "=" in line)
    assert (int(stats["errors"]), int(stats["clientless"])) == (2, 0)
    assert int(stats["accepted"]) > 0 and len(stats) == 26 + 2


def test_an_agent_is_known_before_the_answer(server):
    assert server.get("/agents", "User-Agent: Mozilla/5.0 (X11; Linux x86_64)")[0] == 403
    assert server.get("/agents")[0] == 403
    status, text = server.get("/agents", "User-Agent: Mozilla/5.0; compatible; ClaudeBot/1.0")
    assert status == 200 and "X-Agent: ClaudeBot Anthropic training nil" in text
    # An agent of the site's own, and one whose networks the site has: this machine's are not among them.
    assert "X-Agent: AcmeBot Acme search nil" in server.get("/agents", "User-Agent: AcmeBot/3")[1]
    for address, verified in (("192.0.2.200", "true"), ("198.51.100.1", "false")):
        text = server.get("/agents", "User-Agent: GPTBot/1.2", f"X-Forwarded-For: {address}")[1]
        assert f"X-Agent: GPTBot OpenAI training {verified}" in text
