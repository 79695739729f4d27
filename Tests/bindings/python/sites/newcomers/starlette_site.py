# SPDX-License-Identifier: Apache-2.0
import tpc
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route


async def pricing(request):
    return HTMLResponse("<h1>Pricing</h1>")


app = Starlette(routes=[Route("/pricing", pricing)], middleware=[Middleware(tpc.asgi.Middleware)])
