# SPDX-License-Identifier: Apache-2.0
"""Django, synchronous and not, and Flask with the hooks and settings that are theirs."""

import asyncio
import logging

import flask
import pytest
import tpc.flask


@pytest.fixture(scope="module")
def django_site(running_collector):
    """The site, whose client is made by its first request: so the environment stays as long as the site does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TPC_API_KEY", "key-of-the-test")
        patch.setenv("THE_PROMPTING_COMPANY_BASE_URL", running_collector.url)
        from .sites import django_site

        yield django_site


def test_django_tracks_a_view_with_what_the_hook_adds(django_site, collector):
    from django.test import Client

    response = Client().get("/page/one?a=b", headers={"user-agent": "GPTBot/1.2"})
    assert response.content == b"<h1>one</h1>"
    collector.wait(1)
    event = collector.good()[0]["event"]
    assert event["page"]["href"] == "http://testserver/page/one?a=b"
    assert event["request"]["userAgent"] == "GPTBot/1.2"
    assert event["properties"] == {"status": 200, "view": "page"}


def test_djangos_hook_withholds_a_visit(django_site, collector):
    from django.test import Client

    for name in ("without-consent", "with-consent"):
        assert Client().get(f"/page/{name}").content == f"<h1>{name}</h1>".encode()
    collector.wait(1)
    assert [request["event"]["page"]["pathname"] for request in collector.good()] == ["/page/with-consent"]


def test_django_streams_as_before_and_the_visit_comes_at_the_end(django_site, collector):
    from django.core.signals import request_finished
    from django.test import RequestFactory

    started, finished = [], []
    # Django's own close tells its database connections and caches that the response has ended.
    request_finished.connect(lambda **_: finished.append(True), weak=False)
    environ = RequestFactory().get("/stream").environ
    response = django_site.application(environ, lambda *arguments, **_: started.append(arguments))
    assert b"".join(response) == b"<h1>stream</h1>" and collector.totals()["received"] == 0
    response.close()
    assert finished
    collector.wait(1)
    assert collector.good()[0]["event"]["page"]["pathname"] == "/stream"


def test_django_tracks_an_asynchronous_view(django_site, collector):
    from django.test import AsyncClient

    response = asyncio.run(AsyncClient().get("/async/two"))
    assert response.content == b"<h1>two</h1>"
    response.close()
    collector.wait(1)
    event = collector.good()[0]["event"]
    assert event["page"]["pathname"] == "/async/two" and event["properties"]["view"] == "async"


def test_django_runs_the_chain_of_its_kind_without_a_thread_between(django_site):
    import tpc.django
    from asgiref.sync import iscoroutinefunction

    async def asynchronous(request):
        pass

    assert iscoroutinefunction(tpc.django.Middleware(asynchronous))
    assert not iscoroutinefunction(tpc.django.Middleware(lambda request: None))
    assert tpc.django.Middleware.sync_capable and tpc.django.Middleware.async_capable


@pytest.fixture
def site():
    app = flask.Flask(__name__)

    @app.route("/page/<name>")
    def page(name):
        return f"<h1>{name}</h1>"

    return app


def test_flask_takes_options_from_its_configuration_and_tracks_what_the_hook_adds(site, collector):
    site.config.update(TPC_API_KEY="key-of-the-test", TPC_CLIENT_IP="omit", TPC_BASE_URL="http://127.0.0.1:9")
    extension = tpc.flask.TPC(event=lambda request, response: {"page": {"title": request.endpoint}}, base_url=collector.url)
    extension.init_app(site)
    assert site.extensions["tpc"] is extension
    assert site.test_client().get("/page/one", buffered=True).data == b"<h1>one</h1>"
    collector.wait(1)
    event = collector.good()[0]["event"]
    assert event["page"]["title"] == "page" and "clientIp" not in event["request"]


def test_flasks_hook_withholds_a_visit_and_those_that_flask_never_saw(site, client, collector):
    sender = client()
    tpc.flask.TPC(site, sender, event=lambda request, response: request.view_args["name"] == "one" and {})
    inner = site.wsgi_app.app

    def before_flask(environ, start_response):
        if environ["PATH_INFO"] != "/mounted":
            return inner(environ, start_response)
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"mounted"]

    site.wsgi_app.app = before_flask
    for path in ("/page/two", "/mounted", "/page/one"):
        assert site.test_client().get(path, buffered=True).status_code == 200
    assert sender.flush(60) == 0
    assert [request["event"]["page"]["pathname"] for request in collector.good()] == ["/page/one"]


def test_flask_leaves_out_answers_that_are_not_pages(site, client, collector):
    sender = client()
    tpc.flask.TPC(site, sender)
    browser = site.test_client()
    assert [browser.get("/nowhere", buffered=True).status_code, browser.post("/page/one", buffered=True).status_code] == [404, 405]
    assert (sender.stats().left_out, sender.stats().accepted) == (2, 0)


def test_a_hook_that_fails_harms_no_page(site, client, caplog):
    tpc.flask.TPC(site, client(), event=lambda request, response: 1 / 0)
    assert [site.test_client().get("/page/one", buffered=True).status_code for _ in range(2)] == [200, 200]
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "ZeroDivisionError" in record.getMessage()
