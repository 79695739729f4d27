# SPDX-License-Identifier: Apache-2.0
"""ASGI applications that need no more than Starlette."""

import tpc.asgi
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route


async def page(request):
    return HTMLResponse("<h1>page</h1>")


starlette = Starlette(routes=[Route("/page/{number}", page)])
starlette.add_middleware(tpc.asgi.Middleware)
wrapped = tpc.asgi.Middleware(Starlette(routes=[Route("/page/{number}", page)]))
