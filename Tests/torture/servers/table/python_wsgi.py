"""Python's servers for WSGI."""

import signal

from .. import apache
from ..endings import by_docker_stop, by_reload, by_signal, by_signal_to_all
from ..row import ALL, NOTHING, SOME, Row

TERM, INT, HUP = by_signal(signal.SIGTERM), by_signal(signal.SIGINT), by_reload(signal.SIGHUP)
ALL_TERM = by_signal_to_all(signal.SIGTERM)
CALL = "call `tpc.deliver_on_sigterm()`"
SITE = "wsgi_site:application"


def gunicorn(worker, application=SITE):
    return lambda scene, port: scene.module("gunicorn", "-b", f"127.0.0.1:{port}", "-w", 2, "-k", worker, application)


def waitress(application):
    return lambda scene, port: scene.module("waitress", f"--listen=127.0.0.1:{port}", application)


def as_first(command):
    """In a namespace of process ids of its own, as in a container."""
    return lambda scene, port: ["unshare", "--pid", "--fork", "--kill-child", *command(scene, port)]


def granian(application):
    return lambda scene, port: scene.module("granian", "--interface", "wsgi", "--port", port, application)


def uwsgi(*flags):
    return lambda scene, port: [
        "uwsgi_python3", f"--http-socket=127.0.0.1:{port}", "--reuse-port", "--master", "--processes=2", "--need-app",
        "--module=wsgi_site:application", *flags,
    ]  # fmt: skip


GRACEFUL = "--hook-master-start=unix_signal:15 gracefully_kill_them_all"
WITH = "with `tpc.deliver_on_sigterm()`"
NO_CHANCE = "nothing helps: the server kills its child"


def flask(application, *flags):
    return lambda scene, port: scene.module("flask", "--app", application, "run", "-p", port, *flags)


def runserver(*flags):
    return lambda scene, port: [scene.python, "django_site.py", "runserver", port, *flags]


ALL_INT = by_signal_to_all(signal.SIGINT)
ROWS = [
    Row("gunicorn", "SIGTERM", ALL, NOTHING, gunicorn("sync"), TERM),
    Row("gunicorn", "SIGTERM to all", ALL, NOTHING, gunicorn("sync"), ALL_TERM, is_quick=True),
    Row("gunicorn", "SIGINT", ALL, NOTHING, gunicorn("sync"), INT),
    Row("gunicorn", "SIGHUP (reload)", ALL, NOTHING, gunicorn("sync"), HUP),
    Row("`gunicorn -k gthread`", "SIGTERM", ALL, NOTHING, gunicorn("gthread"), TERM),
    Row("`gunicorn -k gevent`", "SIGTERM", ALL, NOTHING, gunicorn("gevent"), TERM),
    Row("`gunicorn -k tornado`", "SIGTERM", ALL, NOTHING, gunicorn("tornado"), TERM),
    Row("waitress", "SIGTERM", SOME, CALL, waitress(SITE), TERM),
    Row("waitress", "SIGINT", ALL, NOTHING, waitress(SITE), INT),
    Row("waitress in a container", "docker stop", ALL, NOTHING, as_first(waitress(SITE)), by_docker_stop),
    Row(f"waitress {WITH}", "SIGTERM", ALL, NOTHING, waitress("sigterm_site:application"), TERM),
    Row("granian, WSGI", "SIGTERM", ALL, NOTHING, granian(SITE), TERM),
    Row("granian, Flask", "SIGTERM", ALL, NOTHING, granian("flask_site:application"), TERM),
    Row("uWSGI", "SIGHUP (reload)", ALL, NOTHING, uwsgi(), HUP),
    Row("uWSGI", "SIGTERM (a reload, too)", ALL, NOTHING, uwsgi(), by_reload(signal.SIGTERM)),
    Row("uWSGI", "SIGINT", ALL, NOTHING, uwsgi(), INT),
    Row("`uwsgi --die-on-term`", "SIGTERM", ALL, NOTHING, uwsgi("--die-on-term"), TERM),
    Row("uWSGI with the hook below", "SIGTERM", ALL, NOTHING, uwsgi(GRACEFUL), TERM),
    Row("mod_wsgi, daemon mode", "SIGTERM (stop)", ALL, NOTHING, apache.with_wsgi(apache.DAEMON), TERM),
    Row("mod_wsgi, daemon mode", "SIGWINCH (graceful stop)", ALL, NOTHING, apache.with_wsgi(apache.DAEMON), by_signal(signal.SIGWINCH)),
    Row("mod_wsgi, daemon mode", "SIGUSR1 (reload)", ALL, NOTHING, apache.with_wsgi(apache.DAEMON), by_reload(signal.SIGUSR1)),
    Row("mod_wsgi, embedded", "SIGTERM (stop)", ALL, NOTHING, apache.with_wsgi(apache.EMBEDDED), TERM),
    Row("mod_wsgi, embedded", "SIGUSR1 (reload)", ALL, NOTHING, apache.with_wsgi(apache.EMBEDDED), by_reload(signal.SIGUSR1)),
    Row("Django's `runserver`", "SIGTERM", SOME, NO_CHANCE, runserver(), TERM),
    Row("Django's `runserver`", "Ctrl-C", SOME, NO_CHANCE, runserver(), ALL_INT),
    Row("`flask run`", "SIGTERM", SOME, CALL, flask("flask_site"), TERM),
    Row("`flask run`", "Ctrl-C", ALL, NOTHING, flask("flask_site"), ALL_INT),
    Row(f"`flask run` {WITH}", "SIGTERM", ALL, NOTHING, flask("sigterm_site:flask"), TERM, is_quick=True),
    Row("`flask run --debug`", "SIGTERM", SOME, NO_CHANCE, flask("flask_site", "--debug"), TERM),
    Row("`flask run --debug`", "Ctrl-C", SOME, NO_CHANCE, flask("flask_site", "--debug"), ALL_INT),
]
