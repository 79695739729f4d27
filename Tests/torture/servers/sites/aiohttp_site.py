# SPDX-License-Identifier: Apache-2.0
"""aiohttp in its own runner, with a client of its own: the port is the argument."""

import sys

import tpc
from aiohttp import web

client = tpc.Client()


async def page(request):
    client.track(href=str(request.url), user_agent=request.headers.get("User-Agent"))
    return web.Response(text="<h1>page</h1>", content_type="text/html")


application = web.Application()
application.router.add_get("/page/{number}", page)
web.run_app(application, host="127.0.0.1", port=int(sys.argv[1]), print=None)
