# SPDX-License-Identifier: Apache-2.0
"""Applications that do what Tests/bindings/answered.json says; /case/3 is its fourth case. Each is served by a server of its own:
`python answers.py wsgiref|waitress|aiohttp` serves itself.
"""

import asyncio
import functools
import json
import os
import pathlib
import signal
import sys
import time

CASES = json.loads((pathlib.Path(__file__).resolve().parents[2] / "answered.json").read_text(encoding="utf-8"))
# The test and the site tell each other here how far they are.
MARKS = pathlib.Path(os.environ["MARKS"])


class Broken(Exception):
    pass


def steps_of(path):
    return CASES[int(path.rpartition("/")[2])]["application"]


def wait(path):
    """Waits until the reader has left."""
    number = path.rpartition("/")[2]
    (MARKS / f"arrived-{number}").touch()
    while not (MARKS / f"left-{number}").exists():
        time.sleep(0.01)


async def wait_async(path):
    await asyncio.get_running_loop().run_in_executor(None, wait, path)


def split(steps):
    """The status that counts at the first bytes, and what comes before it and after it."""
    announced = [number for number, step in enumerate(steps) if step.startswith("announce")]
    if not announced:
        return None, steps, []
    return int(steps[announced[-1]].split()[1]), steps[: announced[0]], steps[announced[-1] + 1 :]


def parts(path, steps):
    for step in steps:
        if step == "send":
            yield b"<h1>part</h1>"
        elif step == "raise":
            raise Broken
        elif step.startswith("wait"):
            wait(path)


async def parts_async(path, steps):
    for step in steps:
        if step == "send":
            yield b"<h1>part</h1>"
        elif step == "raise":
            raise Broken
        elif step.startswith("wait"):
            await wait_async(path)


def plain_wsgi(environ, start_response):
    path = environ["PATH_INFO"]
    for step in steps_of(path):
        if step.startswith("announce"):
            again = [(Broken, Broken(), None)] if step.endswith("instead") else []
            start_response(f"{step.split()[1]} Status", [("Content-Type", "text/html")], *again)
        else:
            yield from parts(path, [step])


def writing_wsgi(environ, start_response):
    """The same with write()."""
    path, write = environ["PATH_INFO"], None
    for step in steps_of(path):
        if step.startswith("announce"):
            again = [(Broken, Broken(), None)] if step.endswith("instead") else []
            write = start_response(f"{step.split()[1]} Status", [("Content-Type", "text/html")], *again)
        elif step == "send":
            write(b"<h1>part</h1>")
        else:
            list(parts(path, [step]))
    return []


async def plain_asgi(scope, receive, send):
    path = scope["path"]
    for step in steps_of(path):
        if step.startswith("announce"):
            headers = [(b"content-type", b"text/html")]
            await send({"type": "http.response.start", "status": int(step.split()[1]), "headers": headers})
        elif step == "end":
            await send({"type": "http.response.body"})
        else:
            async for part in parts_async(path, [step]):
                await send({"type": "http.response.body", "body": part, "more_body": True})


def flask_site():
    import flask

    app = flask.Flask(__name__)

    @app.route("/case/<number>")
    def case(number):
        path = flask.request.path
        status, before, after = split(steps_of(path))
        list(parts(path, before))
        return flask.Response(parts(path, after), status, mimetype="text/html")

    return app


def django_site():
    import django
    from django.conf import settings
    from django.http import StreamingHttpResponse
    from django.urls import path as route

    def case(request, number):
        status, before, after = split(steps_of(request.path))
        list(parts(request.path, before))
        return StreamingHttpResponse(parts(request.path, after), status=status)

    async def case_async(request, number):
        status, before, after = split(steps_of(request.path))
        [part async for part in parts_async(request.path, before)]
        return StreamingHttpResponse(parts_async(request.path, after), status=status)

    settings.configure(
        ALLOWED_HOSTS=["*"], SECRET_KEY="of a site that keeps no secrets", MIDDLEWARE=["tpc.django.Middleware"],
        ROOT_URLCONF=(route("case/<number>", case), route("async/<number>", case_async)),
    )  # fmt: skip
    django.setup()


def aiohttp_site():
    import tpc
    from aiohttp import web

    async def case(request):
        status, before, after = split(steps_of(request.path))
        [part async for part in parts_async(request.path, before)]
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/html"})
        async for part in parts_async(request.path, after):
            if not response.prepared:
                await response.prepare(request)
            await response.write(part)
        return response

    app = web.Application()
    app.router.add_get("/case/{number}", case)
    tpc.aiohttp.setup(app)
    return app


def __getattr__(name):
    """The application of that name, for a server."""
    if name.startswith("__"):
        raise AttributeError(name)
    return application(name)


@functools.lru_cache(maxsize=None)
def application(name):
    import tpc
    import tpc.asgi
    import tpc.wsgi

    if name == "wsgi":
        return tpc.wsgi.Middleware(plain_wsgi)
    if name == "writing":
        return tpc.wsgi.Middleware(writing_wsgi)
    if name == "asgi":
        return tpc.asgi.Middleware(plain_asgi)
    if name == "flask":
        app = flask_site()
        tpc.flask.TPC(app)
        return app
    if name == "django_wsgi":
        django_site()
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()
    if name == "django_asgi":
        django_site()
        from django.core.asgi import get_asgi_application

        return get_asgi_application()
    raise AttributeError(name)


def serve(server):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if server == "wsgiref":
        from wsgiref.simple_server import make_server

        with make_server("127.0.0.1", 0, application("writing")) as one:
            print("listening on", one.server_port, flush=True)
            one.serve_forever()
    elif server == "waitress":
        import waitress

        one = waitress.create_server(application("wsgi"), port=0, host="127.0.0.1")
        print("listening on", one.effective_port, flush=True)
        one.run()
    elif server == "aiohttp":
        from aiohttp import web

        async def run():
            runner = web.AppRunner(aiohttp_site())
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            print("listening on", runner.addresses[0][1], flush=True)
            await asyncio.Event().wait()

        asyncio.run(run())


if __name__ == "__main__":
    serve(sys.argv[1])
