# SPDX-License-Identifier: Apache-2.0
"""Real servers deliver every event of 2,000 requests, through a graceful reload in their middle and to their end."""

import re

import pytest

from . import web_servers

REQUESTS = 2000
PATHS = [f"/page/{number}" for number in range(REQUESTS)]
CRASHES = re.compile(r"Traceback|SIGSEGV|SIGABRT|SIGKILL|core dumped|died|segmentation|DAMN|not tracked|not be delivered", re.IGNORECASE)


def deliver(server, collector):
    """The paths that arrived, with how the server ended and what it logged."""
    with server:
        web_servers.ask(server.port, PATHS, half_way=server.reload)
        code, log = server.stop()
    assert not CRASHES.search(log), log
    requests = collector.all()
    assert all(request["verdict"] == "good" for request in requests), requests[:1]
    events = [request["event"] for request in requests]
    assert {event["request"]["userAgent"] for event in events if "request" in event} == {"GPTBot/1.2"}
    return {event["page"]["pathname"] for event in events}, code, log


@pytest.fixture
def busy(environment):
    """On a machine that does a lot besides, the collector may be behind."""
    return {**environment, "TPC_EXIT_TIMEOUT_MS": "30000"}


@pytest.mark.parametrize("site", ["wsgi_site", "flask_site", "django_site"])
def test_gunicorn_with_preload_and_four_workers_delivers_every_event(site, busy, collector):
    arrived, code, log = deliver(web_servers.gunicorn(f"{site}:application", busy), collector)
    assert set(PATHS) <= arrived
    assert code == 0 and log.count("Booting worker") >= 8


@pytest.mark.parametrize("site", ["wsgi_site", "flask_site", "django_site"])
def test_uwsgi_with_a_master_and_two_processes_delivers_every_event(site, busy, collector):
    arrived, code, log = deliver(web_servers.UWSGI(f"{site}:application", busy), collector)
    assert set(PATHS) <= arrived
    assert code == 0 and log.count("spawned uWSGI worker") == 4


@pytest.mark.parametrize("site", ["asgi_site:application", "asgi_site:starlette", "django_site:asgi"])
def test_uvicorn_with_two_workers_delivers_every_event(site, busy, collector):
    arrived, code, log = deliver(web_servers.uvicorn(site, busy), collector)
    assert set(PATHS) <= arrived
    assert code == 0 and log.count("Application startup complete") == 4
