# SPDX-License-Identifier: Apache-2.0
"""Django: its paths, memory, test clients, cache and checks."""

import subprocess
import sys
import textwrap

import pytest


PROJECT = """
import os, sys
import django
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
import tpc

def page(request, name="one"):
    return HttpResponse("<h1>page</h1>")

def large(request):
    return HttpResponse(b"x" * 5_000_000)

async def streamed(request):
    async def parts():
        yield b"a"
        yield b"b"
    return StreamingHttpResponse(parts())

settings.configure(
    ALLOWED_HOSTS=["*"], SECRET_KEY="of a site that keeps no secrets", ROOT_URLCONF=__name__,
    INSTALLED_APPS=["tpc.django"], **globals().get("SETTINGS", {"MIDDLEWARE": ["tpc.django.Middleware"]}),
)
urlpatterns = [path("large", large), path("streamed", streamed), path("page/<path:name>", page)]
django.setup()
from django.test import Client
"""


@pytest.fixture
def program(environment, tmp_path):
    """Runs a program in a Django project of its own; what it printed."""

    def run(text, before="", **variables):
        (tmp_path / "site_of_the_test.py").write_text(before + PROJECT + textwrap.dedent(text))
        command = [sys.executable, "site_of_the_test.py"]
        done = subprocess.run(command, cwd=tmp_path, env={**environment, **variables}, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_a_path_is_utf8_whatever_the_server_passes_on(program, collector):
    program("""
        for raw in ("/page/%E6%97%A5", "/page/caf%C3%A9", "/page/a%20b%25", "/page/broken%E9"):
            assert Client().get(raw).status_code == 200
        tpc.django.client().close(60)
    """)
    assert {request["event"]["page"]["pathname"] for request in collector.good()} == {
        "/page/%E6%97%A5", "/page/caf%C3%A9", "/page/a%20b%25", "/page/broken%E9",
    }  # fmt: skip


def test_wsgi_middleware_around_django_reads_the_path_before_django_changes_it(program, collector):
    program("""
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import RequestFactory
        import tpc.wsgi
        environ = RequestFactory()._base_environ(PATH_INFO="/page/\\xe6\\x97\\xa5")
        body = tpc.wsgi.Middleware(WSGIHandler())(environ, lambda *_: None)
        list(body)
        body.close()
        tpc.Client.shared().close(60)
    """)
    (request,) = collector.good()
    assert request["event"]["page"]["pathname"] == "/page/%E6%97%A5"


def test_a_response_is_freed_without_the_collector_of_garbage(program):
    printed = program("""
        import gc, resource
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import RequestFactory
        handler = WSGIHandler()
        def ask():
            response = handler(RequestFactory().get("/large").environ, lambda *_, **__: None)
            list(response)
            response.close()
        ask()
        gc.collect(); gc.disable()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(60):
            ask()
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    """)
    assert int(printed) < 10, "MB more after 60 responses of 5 MB"


def test_two_thousand_test_clients_and_flask_apps_leave_threads_and_descriptors_as_they_were(program):
    printed = program("""
        import os, flask
        from django.test import Client
        def held():
            return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))
        def app():
            one = flask.Flask("site")
            tpc.flask.TPC(one)
            one.add_url_rule("/", view_func=lambda: "<h1>page</h1>")
            return one.test_client()
        Client().get("/page/one"); app().get("/", buffered=True)
        tpc.django.client().flush(60)
        before = held()
        for number in range(2000):
            assert Client().get("/page/one").status_code == 200
            if number % 10 == 0:
                assert app().get("/", buffered=True).status_code == 200
            else:
                app()
        tpc.django.client().flush(60)
        print(before, held(), tpc.django.client().stats().accepted)
    """)
    numbers = [int(number) for number in printed.replace("(", " ").replace(")", " ").replace(",", " ").split()]
    assert numbers[2] <= numbers[0] + 8 and numbers[3] <= numbers[1] + 16, printed  # the connections that it may open
    assert numbers[4] == 2000 + 200 + 2


def test_the_client_is_the_middlewares(program):
    printed = program("""
        Client().get("/page/one")
        print(tpc.django.client().stats().accepted)
    """)
    assert printed == "1\n"


def test_a_client_of_ones_own_is_taken_from_the_setting(program):
    printed = program(
        """
        Client().get("/page/one")
        print(own.stats().accepted, tpc.django.client() is own)
        """,
        before='import tpc\nown = tpc.Client()\nSETTINGS = {"MIDDLEWARE": ["tpc.django.Middleware"], "TPC": {"client": own}}\n',
    )
    assert printed == "1 True\n"


def test_a_response_in_a_cache_is_only_the_response(program):
    printed = program(
        """
        for _ in range(3):
            assert Client().get("/page/one").content == b"<h1>page</h1>"
        print(tpc.django.client().stats().accepted)
        """,
        before="""
SETTINGS = {"MIDDLEWARE": ["django.middleware.cache.UpdateCacheMiddleware", "django.middleware.cache.FetchFromCacheMiddleware",
                           "tpc.django.Middleware"]}
""",
    )
    assert printed == "1\n"


CHECKS = [
    ('{"api_kee": "x"}', "tpc.E001", "did you mean api_key?"),
    ('{"event": "nowhere.at_all"}', "tpc.E002", "nowhere"),
    ('{"event": 5}', "tpc.E002", "event: found int; expected a function"),
    ('["api_key"]', "tpc.E002", "found list; expected a dict of options"),
    ("{}", "tpc.W001", "no credential is set"),
]


def test_manage_py_check_says_what_is_wrong_with_the_setting(program):
    printed = program(
        f"""
        from django.core.management import call_command
        from django.core.checks import run_checks
        from django.test import override_settings
        for value in ({", ".join(value for value, _, _ in CHECKS)}):
            with override_settings(TPC=value):
                for found in run_checks():
                    print(found.id, found.msg)
        with override_settings(TPC={{"api_key": "key"}}):
            call_command("check")
        """,
        TPC_API_KEY="",
    )
    *lines, last = printed.splitlines()
    assert "no issues" in last
    for line, (_, kind, text) in zip(lines, CHECKS, strict=True):
        assert line.startswith(kind) and text in line, printed


def test_a_wrong_setting_is_refused_when_django_loads_its_middleware(program):
    printed = program(
        """
        try:
            Client().get("/page/one")
        except tpc.OptionError as error:
            print(error)
        """,
        before='SETTINGS = {"MIDDLEWARE": ["tpc.django.Middleware"], "TPC": {"trustd_proxies": "private"}}\n',
    )
    assert "trusted_proxies" in printed


def test_an_asynchronous_hook_is_awaited_whether_django_is_asynchronous_or_not(program, collector):
    program(
        """
        import asyncio
        from django.test import AsyncClient
        async def main():
            for name in ("page/one", "page/two"):
                assert (await AsyncClient().get("/" + name)).status_code == 200
            streamed = await AsyncClient().get("/streamed")
            assert [part async for part in streamed] == [b"a", b"b"]
        asyncio.run(main())
        Client().get("/page/three")
        tpc.Client.shared().close(60)
        """,
        before="""
async def before_send(event):
    import asyncio
    await asyncio.sleep(0)
    return {**event, "properties": {"seen": True}} if not event["page"]["href"].endswith("/two") else None
SETTINGS = {"MIDDLEWARE": ["tpc.django.Middleware"], "TPC": {"before_send": before_send}}
""",
    )
    events = [request["event"] for request in collector.good()]
    assert sorted(event["page"]["pathname"] for event in events) == ["/page/one", "/page/three", "/streamed"]
    assert all(event["properties"] == {"seen": True} for event in events)


def test_a_request_is_counted_once_when_an_asgi_application_mounts_djangos_wsgi_one(program):
    printed = program("""
        import asyncio
        import tpc.asgi
        async def bridge(scope, receive, send):
            body = await asyncio.to_thread(lambda: Client().get("/page/one").content)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
        async def send(message):
            pass
        scope = {"type": "http", "method": "GET", "path": "/page/one", "headers": [(b"host", b"example.com")]}
        asyncio.run(tpc.asgi.Middleware(bridge)(scope, None, send))
        print(tpc.django.client().stats().accepted)
    """)
    assert printed == "1\n"
