# SPDX-License-Identifier: Apache-2.0
"""What uses most of the package, for a Python that has nothing but it: both middlewares, and reports in asyncio."""

import asyncio

import tpc
import tpc.asgi
import tpc.wsgi

client = tpc.Client(report_capacity=10)


def wsgi_site(environ, start_response):
    start_response("200 OK", [])
    yield b"page"


async def asgi_site(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


async def main():
    async def nothing(*_):
        pass

    scope = {"type": "http", "method": "GET", "path": "/asgi", "query_string": b"", "headers": [(b"host", b"a.example")]}
    await tpc.asgi.Middleware(asgi_site, client)(scope, nothing, nothing)
    client.track(href="https://a.example/report", title="naïve", properties={"ratio": 0.5})
    found = []
    async for report in client.reports_async():
        found.append(report.outcome)
        if len(found) == 3:
            client.close(60)
    assert found == ["delivered"] * 3


environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/wsgi", "HTTP_HOST": "a.example", "wsgi.url_scheme": "http"}
body = tpc.wsgi.Middleware(wsgi_site, client)(environ, lambda *_: None)
assert list(body) == [b"page"]
body.close()
asyncio.run(main())
