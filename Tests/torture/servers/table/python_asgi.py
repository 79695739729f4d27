"""Python's servers for ASGI."""

import signal

from ..endings import by_reload, by_signal, by_signal_to_all
from ..row import ALL, NOTHING, SOME, Row

TERM, INT = by_signal(signal.SIGTERM), by_signal(signal.SIGINT)
ALL_TERM = by_signal_to_all(signal.SIGTERM)
WRAP = "put `tpc.asgi.Middleware` around the whole application instead"
DJANGO, LITESTAR = "django_site:asgi", "litestar_site:inside"


def uvicorn(application, *flags):
    return lambda scene, port: scene.module("uvicorn", "--port", port, *flags, application)


def hypercorn(application):
    return lambda scene, port: scene.module("hypercorn", "--bind", f"127.0.0.1:{port}", application)


def daphne(application):
    return lambda scene, port: scene.module("daphne", "-b", "127.0.0.1", "-p", port, application)


def granian(application, *flags):
    return lambda scene, port: scene.module("granian", "--interface", "asgi", "--port", port, *flags, application)


def gunicorn(application, worker):
    return lambda scene, port: scene.module("gunicorn", "-b", f"127.0.0.1:{port}", "-k", worker, application)


STARLETTE, WRAPPED = "asgi_sites:starlette", "asgi_sites:wrapped"
ROWS = [
    Row("uvicorn, Starlette", "SIGTERM", ALL, NOTHING, uvicorn(STARLETTE), TERM, is_quick=True),
    Row("uvicorn, Starlette", "SIGINT", ALL, NOTHING, uvicorn(STARLETTE), INT),
    Row("uvicorn, FastAPI", "SIGTERM", ALL, NOTHING, uvicorn("fastapi_site:application"), TERM),
    Row("uvicorn, `tpc.asgi.Middleware(application)`", "SIGTERM", ALL, NOTHING, uvicorn(WRAPPED), TERM),
    Row("`uvicorn --workers 2`", "SIGTERM", ALL, NOTHING, uvicorn(STARLETTE, "--workers", 2), TERM),
    Row("`uvicorn --workers 2`", "SIGTERM to all", ALL, NOTHING, uvicorn(STARLETTE, "--workers", 2), ALL_TERM),
    Row("`uvicorn --workers 2`", "SIGHUP (reload)", ALL, NOTHING, uvicorn(STARLETTE, "--workers", 2), by_reload(signal.SIGHUP)),
    Row("`uvicorn --reload`", "SIGTERM", ALL, NOTHING, uvicorn(STARLETTE, "--reload"), TERM),
    Row("uvicorn, Django's middleware", "SIGTERM", SOME, WRAP, uvicorn(DJANGO), TERM),
    Row("uvicorn, Django within `tpc.asgi.Middleware`", "SIGTERM", ALL, NOTHING, uvicorn("django_site:wrapped"), TERM),
    Row("uvicorn, Litestar's `middleware=`", "SIGTERM", SOME, WRAP, uvicorn(LITESTAR), TERM),
    Row("uvicorn, Litestar within `tpc.asgi.Middleware`", "SIGTERM", ALL, NOTHING, uvicorn("litestar_site:wrapped"), TERM),
    Row("`uvicorn.run` after `tpc.deliver_on_sigterm()`, Django's middleware", "SIGTERM", ALL, NOTHING,
        lambda scene, port: [scene.python, "sigterm_site.py"], TERM),
    Row("hypercorn, Starlette", "SIGTERM", ALL, NOTHING, hypercorn(STARLETTE), TERM),
    Row("hypercorn, Django's middleware", "SIGTERM", ALL, NOTHING, hypercorn(DJANGO), TERM),
    Row("hypercorn, Litestar's `middleware=`", "SIGTERM", ALL, NOTHING, hypercorn(LITESTAR), TERM),
    Row("daphne, Starlette", "SIGTERM", ALL, NOTHING, daphne(WRAPPED), TERM),
    Row("daphne, Django's middleware", "SIGTERM", ALL, NOTHING, daphne(DJANGO), TERM),
    Row("granian, Starlette", "SIGTERM", ALL, NOTHING, granian(STARLETTE), TERM),
    Row("granian, Django's middleware", "SIGTERM", ALL, NOTHING, granian(DJANGO), TERM),
    Row("granian, Litestar's `middleware=`", "SIGTERM", ALL, NOTHING, granian(LITESTAR), TERM),
    Row("granian, Starlette", "SIGTERM to all", ALL, NOTHING, granian(STARLETTE), ALL_TERM),
    Row("granian, Starlette", "SIGHUP (reload)", ALL, NOTHING, granian(STARLETTE), by_reload(signal.SIGHUP)),
    Row("`gunicorn -k asgi`, Starlette", "SIGTERM", ALL, NOTHING, gunicorn(STARLETTE, "asgi"), TERM),
    Row("`gunicorn -k asgi`, Django's middleware", "SIGTERM", ALL, NOTHING, gunicorn(DJANGO, "asgi"), TERM),
    Row("gunicorn, uvicorn's worker, Starlette", "SIGTERM", ALL, NOTHING, gunicorn(STARLETTE, "uvicorn_worker.UvicornWorker"), TERM),
    Row("gunicorn, uvicorn's worker, Django's middleware", "SIGTERM", SOME, WRAP, gunicorn(DJANGO, "uvicorn_worker.UvicornWorker"), TERM),
    Row("aiohttp's `web.run_app`", "SIGTERM", ALL, NOTHING, lambda scene, port: [scene.python, "aiohttp_site.py", port], TERM),
]
