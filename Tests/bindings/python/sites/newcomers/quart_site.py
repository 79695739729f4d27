# SPDX-License-Identifier: Apache-2.0
import tpc
from quart import Quart

app = Quart(__name__)
app.asgi_app = tpc.asgi.Middleware(app.asgi_app)


@app.get("/pricing")
async def pricing():
    return "<h1>Pricing</h1>"
