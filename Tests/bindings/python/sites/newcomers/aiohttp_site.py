# SPDX-License-Identifier: Apache-2.0
import tpc
from aiohttp import web


async def pricing(request):
    return web.Response(text="<h1>Pricing</h1>", content_type="text/html")


app = web.Application()
app.router.add_get("/pricing", pricing)
tpc.aiohttp.setup(app)
