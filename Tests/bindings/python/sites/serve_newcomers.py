# SPDX-License-Identifier: Apache-2.0
"""Serves each site of newcomers/ on a port of its own, and prints the ports as JSON: ASGI by uvicorn, WSGI by wsgiref."""

import asyncio
import importlib
import json
import pathlib
import signal
import sys
import threading
from wsgiref.simple_server import make_server

import uvicorn
from aiohttp import web

FOLDER = pathlib.Path(__file__).parent / "newcomers"
ASGI = {"fastapi", "starlette", "litestar", "quart"}


async def serve_aiohttp(app):
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1]


async def serve_asgi(app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="on"))
    server.install_signal_handlers = server.capture_signals = None
    asyncio.get_running_loop().create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    return server.servers[0].sockets[0].getsockname()[1]


async def main():
    ports = {}
    for file in sorted(FOLDER.glob("*_site.py")):
        name, app = file.stem[: -len("_site")], importlib.import_module(f"newcomers.{file.stem}").app
        if name == "aiohttp":
            ports[name] = await serve_aiohttp(app)
        elif name in ASGI:
            ports[name] = await serve_asgi(app)
        else:
            server = make_server("127.0.0.1", 0, app)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ports[name] = server.server_port
    print("ports", json.dumps(ports), flush=True)
    await asyncio.Event().wait()


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
asyncio.run(main())
