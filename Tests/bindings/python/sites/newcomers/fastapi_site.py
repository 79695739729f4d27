# SPDX-License-Identifier: Apache-2.0
import tpc
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()
app.add_middleware(tpc.asgi.Middleware)


@app.get("/pricing", response_class=HTMLResponse)
def pricing():
    return "<h1>Pricing</h1>"
