# SPDX-License-Identifier: Apache-2.0
"""Litestar, with the middleware among its own and around it."""

import tpc.asgi
from litestar import Litestar, MediaType, get
from litestar.middleware import DefineMiddleware


@get("/page/{number:int}", media_type=MediaType.HTML)
async def page(number: int) -> str:
    return "<h1>page</h1>"


inside = Litestar([page], middleware=[DefineMiddleware(tpc.asgi.Middleware)])
wrapped = tpc.asgi.Middleware(Litestar([page]))
