# SPDX-License-Identifier: Apache-2.0
"""aiohttp's server, whose responses are sent after the middleware has returned them."""

import asyncio
import gc
import weakref

import aiohttp
import pytest
import tpc
from aiohttp import web


def ask(app, *paths, headers=None):
    """The statuses of the paths, from a real server."""

    async def run():
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
            statuses = []
            for path in paths:
                async with session.get(path, headers=headers) as response:
                    await response.read()
                    statuses.append(response.status)
        await runner.cleanup()
        return statuses

    return asyncio.run(run())


def site(**routes):
    app = web.Application()
    for name, handler in routes.items():
        app.router.add_get(f"/{name}", handler)
    return app


async def page(request):
    return web.Response(text="<h1>page</h1>", content_type="text/html")


async def missing(request):
    raise web.HTTPNotFound


async def broken(request):
    raise LookupError


def events(collector):
    return [request["event"] for request in collector.all()]


def test_asynchronous_hooks_are_awaited_when_the_response_is_sent(client, collector):
    async def added(request, response):
        await asyncio.sleep(0)
        return {"page": {"title": f"{request.path} {response.status} {response.prepared}"}}

    async def before_send(event):
        return None if event["page"]["href"].endswith("/other") else event

    app = site(page=page, other=page)
    tpc.aiohttp.setup(app, client(), event=added, before_send=before_send)
    assert ask(app, "/page", "/other") == [200, 200]
    assert [event["page"]["title"] for event in events(collector)] == ["/page 200 True"]


def test_what_is_raised_is_answered_as_before_and_errors_count_by_the_rules(client, collector):
    app = site(missing=missing, broken=broken)
    tpc.aiohttp.setup(app, client(track_errors="all"))
    assert ask(app, "/missing", "/broken") == [404, 500]
    assert [event["properties"]["status"] for event in events(collector)] == [404]


def test_a_request_of_a_mounted_application_is_counted_once(client, collector):
    app, inner = site(), site(page=page)
    tpc.aiohttp.setup(inner, client())
    tpc.aiohttp.setup(app, client())
    app.add_subapp("/shop", inner)
    assert ask(app, "/shop/page") == [200]
    assert [event["page"]["pathname"] for event in events(collector)] == ["/shop/page"]


def test_what_a_middleware_outside_found_in_a_proxys_headers_counts(client, collector):
    @web.middleware
    async def remote(request, handler):
        return await handler(request.clone(remote=request.headers["X-Forwarded-For"], scheme="https", host="example.com"))

    app = site(page=page)
    tpc.aiohttp.setup(app, client())
    app.middlewares.insert(0, remote)
    assert ask(app, "/page", headers={"X-Forwarded-For": "198.51.100.1"}) == [200]
    (event,) = events(collector)
    assert event["page"]["href"] == "https://example.com/page" and event["request"]["clientIp"] == "198.51.100.1"


def test_a_response_is_freed_without_the_collector_of_garbage(client):
    kept = []

    async def handler(request):
        response = await page(request)
        kept.append(weakref.ref(response))
        return response

    app = site(page=handler)
    tpc.aiohttp.setup(app, client())
    gc.disable()
    try:
        ask(app, "/page", "/page", "/page")
    finally:
        gc.enable()
    # aiohttp itself keeps the last one for a while.
    assert sum(one() is not None for one in kept) <= 1


def test_a_wrong_option_is_refused_at_once():
    with pytest.raises(tpc.OptionError, match="did you mean api_key?"):
        tpc.aiohttp.setup(web.Application(), api_kee="x")
