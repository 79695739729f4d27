# SPDX-License-Identifier: Apache-2.0
import tpc
from litestar import Litestar, MediaType, get


@get("/pricing", media_type=MediaType.HTML, sync_to_thread=False)
def pricing() -> str:
    return "<h1>Pricing</h1>"


app = tpc.asgi.Middleware(Litestar([pricing]))
