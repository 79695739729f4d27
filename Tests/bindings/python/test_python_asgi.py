# SPDX-License-Identifier: Apache-2.0
"""The ASGI middleware changes nothing about an application, and delivers before its server ends."""

import asyncio

import fastapi
import pytest
import tpc.asgi
from hypercorn.middleware import ProxyFixMiddleware

from .test_python_wsgi import Recorder


def scope_of(**values):
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": "/pricing",
        "raw_path": b"/pricing",
        "query_string": b"",
        "headers": [(b"host", b"example.com")],
        "client": ("192.0.2.7", 4711),
        "server": ("127.0.0.1", 8000),
    }
    return {**scope, **values}


async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>", "more_body": True})
    await send({"type": "http.response.body", "body": b"</h1>"})


def run(app, scope, sent=None):
    """Calls the application as a server does; the messages that it sent."""
    messages = [] if sent is None else sent

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        messages.append(message)

    asyncio.run(app(scope, receive, send))
    return messages


def request_of(**values):
    client = Recorder()
    run(tpc.asgi.Middleware(page, client), scope_of(**values))
    (request,) = client.requests
    return request


def test_a_visit_is_tracked_after_the_last_part_even_if_the_application_works_on():
    client, seen = Recorder(), []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<h1>", "more_body": True})
        seen.append(len(client.requests))
        await send({"type": "http.response.body", "body": b"</h1>"})
        seen.append(len(client.requests))

    messages = run(tpc.asgi.Middleware(app, client), scope_of())
    assert seen == [0, 1] and len(client.requests) == 1
    assert [message.get("body") for message in messages] == [None, b"<h1>", b"</h1>"]


def test_an_application_that_fails_fails_as_before():
    async def app(scope, receive, send):
        raise LookupError("of the application")

    client = Recorder()
    with pytest.raises(LookupError, match="of the application"):
        run(tpc.asgi.Middleware(app, client), scope_of())
    assert client.requests == []


def test_a_response_that_breaks_off_is_a_visit_all_the_same():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<h1>", "more_body": True})
        raise LookupError("of the application")

    client = Recorder()
    with pytest.raises(LookupError):
        run(tpc.asgi.Middleware(app, client), scope_of())
    assert client.requests[0]["status"] == 200


def test_websockets_pass_untouched():
    seen = []

    async def app(*arguments):
        seen.append(arguments)

    arguments = ({"type": "websocket"}, object(), object())
    asyncio.run(tpc.asgi.Middleware(app, Recorder())(*arguments))
    assert seen == [arguments]


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({"raw_path": b"/a%2Fb", "path": "/a/b", "query_string": b"c=%20"}, "/a%2Fb?c=%20"),
        ({"raw_path": "/café".encode(), "query_string": "q=ü".encode()}, "/caf%C3%A9?q=%C3%BC"),
        ({"raw_path": None, "path": "/café 50%"}, "/caf%C3%A9%2050%25"),
        ({"raw_path": b"/a?x=1", "query_string": b"x=1"}, "/a?x=1"),
        ({"raw_path": "/b", "path": "/a"}, "/a"),  # not ASGI's type
    ],
)
def test_the_target_is_the_servers_raw_one_or_made_of_its_parts(values, target):
    assert request_of(**values)["target"] == target


def test_the_library_is_given_only_what_its_rules_look_at():
    headers = [
        (b"host", b"example.com"),
        (b"cookie", b"session=1"),
        (b"authorization", b"Bearer 2"),
        (b"user-agent", b"Gr\xfcn/1"),
        (b"x-forwarded-for", b"192.0.2.1"),
        (b"x-forwarded-for", b"192.0.2.2"),
    ]
    assert request_of(headers=headers) == {
        "method": "GET",
        "scheme": "https",
        "host": "example.com",
        "target": "/pricing",
        "remoteAddress": "192.0.2.7",
        "status": 200,
        "contentType": "text/html",
        "headers": {"user-agent": "Grün/1", "x-forwarded-for": "192.0.2.1, 192.0.2.2"},
    }


def test_headers_that_are_utf8_are_read_as_that():
    headers = [(b"host", "bücher.example".encode()), (b"user-agent", "Brówser".encode())]
    request = request_of(headers=headers)
    assert (request["host"], request["headers"]) == ("bücher.example", {"user-agent": "Brówser"})


@pytest.mark.parametrize(
    ("server", "host", "address"),
    [(("127.0.0.1", 8000), "127.0.0.1:8000", None), (("::1", 80), "[::1]:80", None), (("name", None), "name", "unix:"), (None, None, None)],
)
def test_a_peer_without_an_address_is_a_unix_sockets_only_if_the_server_has_a_path_and_no_port(server, host, address):
    request = request_of(headers=[], client=None, server=server)
    assert (request["host"], request["remoteAddress"]) == (host, address)
    assert "clientAddress" not in request


def test_an_address_with_the_port_0_is_what_uvicorn_found_in_a_header():
    request = request_of(client=("198.51.100.1", 0))
    assert (request["remoteAddress"], request["clientAddress"]) == (None, "198.51.100.1")


def test_the_address_that_hypercorns_proxy_fix_found_counts():
    client = Recorder()
    app = ProxyFixMiddleware(tpc.asgi.Middleware(page, client), mode="legacy", trusted_hops=1)
    forwarded = [(b"x-forwarded-for", b"198.51.100.1"), (b"x-forwarded-host", b"www.example.com"), (b"x-forwarded-proto", b"https")]
    run(app, scope_of(headers=[(b"host", b"10.0.0.1"), *forwarded], scheme="http"))
    (request,) = client.requests
    assert (request["clientAddress"], request["host"], request["scheme"]) == ("198.51.100.1", "www.example.com", "https")


def test_the_target_is_read_before_routers_change_the_scope():
    async def router(scope, receive, send):
        scope["path"] = "/inner"
        await page(scope, receive, send)

    client = Recorder()
    run(tpc.asgi.Middleware(router, client), scope_of(path="/outer/inner", raw_path=None))
    assert client.requests[0]["target"] == "/outer/inner"


@pytest.mark.parametrize("kind", ["http.response.pathsend", "http.response.zerocopysend"])
def test_a_file_that_the_server_sends_is_a_visit(kind):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": kind})

    client = Recorder()
    run(tpc.asgi.Middleware(app, client), scope_of())
    assert len(client.requests) == 1


def test_a_first_body_that_cannot_be_sent_is_not_a_visit():
    async def send(message):
        if message["type"] == "http.response.body":
            raise OSError("the reader is gone")

    client = Recorder()
    with pytest.raises(OSError, match="gone"):
        asyncio.run(tpc.asgi.Middleware(page, client)(scope_of(), None, send))
    assert client.requests == []


def lifespan(app):
    """Starts the application and ends it as a server does; the messages that it sent."""
    incoming = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    messages = []

    async def receive():
        return next(incoming)

    async def send(message):
        messages.append(message["type"])

    asyncio.run(app({"type": "lifespan"}, receive, send))
    return messages


async def knowing(scope, receive, send):
    if scope["type"] != "lifespan":
        return await page(scope, receive, send)
    for _ in range(2):
        message = await receive()
        await send({"type": f"{message['type']}.complete"})


async def ignorant(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError("only http")
    await page(scope, receive, send)


@pytest.mark.parametrize("app", [knowing, ignorant])
def test_what_is_queued_is_delivered_before_the_server_hears_of_the_end(app, client, collector):
    collector.mode({"status": 503, "count": 1})
    sender = client(retry_initial_ms=600000, retry_max_ms=600000, exit_timeout_ms=60000)
    middleware = tpc.asgi.Middleware(app, sender)
    run(middleware, scope_of())
    assert lifespan(middleware) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert collector.totals()["good"] == 1


@pytest.mark.parametrize("options, of_client, seconds", [({}, {"exit_timeout_ms": "4000"}, 4), ({"exit_timeout_ms": None}, {}, 2)])
def test_the_end_waits_as_long_as_the_clients_option_says(options, of_client, seconds, client, monkeypatch):
    sender, waited = client(**of_client), []
    monkeypatch.setattr(sender, "flush", waited.append)
    lifespan(tpc.asgi.Middleware(knowing, sender, **options))
    assert waited == [seconds]


def test_an_application_that_fails_to_start_fails_as_before():
    async def app(scope, receive, send):
        await receive()
        raise LookupError("no database")

    with pytest.raises(LookupError, match="no database"):
        lifespan(tpc.asgi.Middleware(app, Recorder()))


def test_a_hook_that_returns_false_withholds_the_visit(client, collector):
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"page"})

    sender = client()
    app = tpc.asgi.Middleware(page, sender, event=lambda scope, response: scope["path"] != "/a" and None)
    for path in ("/a", "/b"):
        assert run(app, scope_of(path=path, raw_path=path.encode()))[-1]["body"] == b"page"
    assert sender.flush(60) == 0
    assert [request["event"]["page"]["pathname"] for request in collector.good()] == ["/b"]


def test_fastapi_takes_it_as_its_middleware(client, collector):
    sender = client()
    app = fastapi.FastAPI()
    app.add_middleware(tpc.asgi.Middleware, client=sender, event=lambda scope, response: {"page": {"title": "FastAPI"}})

    @app.get("/items/{name}", response_class=fastapi.responses.HTMLResponse)
    def item(name: str):
        return name

    scope = scope_of(path="/items/one", raw_path=b"/items/one", query_string=b"a=b")
    assert run(app, scope)[-1]["body"] == b"one"
    assert sender.flush(60) == 0
    assert collector.good()[0]["event"]["page"] == {
        "href": "https://example.com/items/one?a=b",
        "domain": "example.com",
        "pathname": "/items/one",
        "title": "FastAPI",
    }
