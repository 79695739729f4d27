# SPDX-License-Identifier: Apache-2.0
"""A plain ASGI application that knows no lifespans, and one of Starlette's."""

import tpc.asgi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route


async def site(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>", "more_body": True})
    await send({"type": "http.response.body", "body": scope["path"].encode() + b"</h1>"})


async def page(request):
    return HTMLResponse(f"<h1>{request.path_params['name']}</h1>")


application = tpc.asgi.Middleware(site)
starlette = Starlette(routes=[Route("/page/{name}", page)], middleware=[Middleware(tpc.asgi.Middleware)])
