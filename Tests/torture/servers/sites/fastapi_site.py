# SPDX-License-Identifier: Apache-2.0
"""FastAPI."""

import fastapi
import tpc.asgi
from fastapi.responses import HTMLResponse

application = fastapi.FastAPI()
application.add_middleware(tpc.asgi.Middleware)


@application.get("/page/{number}", response_class=HTMLResponse)
async def page(number):
    return "<h1>page</h1>"
