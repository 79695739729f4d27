# SPDX-License-Identifier: Apache-2.0
"""tpc.testing: an application's tests see the visits of a block whole, without a server, a network or a key."""

import re
import subprocess
import sys
import threading
import zipfile

import flask
import pytest
import starlette.applications
import starlette.responses
import starlette.routing
import starlette.testclient
import tpc
import tpc.asgi
import tpc.flask
import tpc.testing
import tpc.wsgi
from support import paths

from .conftest import PACKAGE
from .test_python_packages import wheel  # noqa: F401

HREF = "https://example.com/"
REQUEST = {"method": "GET", "host": "localhost:8000", "target": "/pricing?token=secret", "status": 200}


def paths_of(visits):
    return [visit["page"]["pathname"] for visit in visits]


def test_visits_are_captured_whole_without_a_key_and_with_every_rule():
    with tpc.testing.capture() as visits:
        client = tpc.Client(label_ai_agents=True, client_ip="truncate", only_ai_agents=True)
        client.track(href=HREF, user_agent="GPTBot/1.2", client_ip="192.0.2.7", properties={"plan": "pro"})
        client.track(href=HREF, user_agent="a person's")
        client.track({"page": {"href": HREF + "shape"}, "request": {"userAgent": "GPTBot/1.2"}})
        client.track_json(b'{"event":"page_visit","page":{"href":"https://example.com/json"},"request":{"userAgent":"GPTBot"}}')
    first, shape, json = visits
    assert first["request"] == {"userAgent": "GPTBot/1.2", "clientIp": "192.0.2.0"}
    assert first["properties"] == {"plan": "pro", "aiAgent": "GPTBot", "aiOperator": "OpenAI", "aiPurpose": "training"}
    assert first["page"] == {"href": HREF, "domain": "example.com", "pathname": "/"}
    assert first["eventId"] and first["occurredAt"].endswith("Z") and first["sdk"]["name"] == "tpc-events"
    assert paths_of([shape, json]) == ["/shape", "/json"]


def test_requests_say_which_rule_left_them_out():
    with tpc.testing.capture() as visits:
        client = tpc.Client(only_ai_agents=True)
        agent = {"user-agent": "GPTBot/1.2"}
        assert client.track_request({**REQUEST, "headers": agent}) is None
        assert client.track_request({**REQUEST, "headers": agent, "method": "POST"}) == "method"
        assert client.track_request(REQUEST) == "not_ai_agent"
    (visit,) = visits
    assert visit["page"]["href"] == "http://localhost:8000/pricing?token=REDACTED"


def test_what_is_refused_is_refused_while_capturing():
    with tpc.testing.capture() as visits:
        client = tpc.Client()
        with pytest.raises(tpc.ValidationError):
            client.track(href="")
        with pytest.raises(tpc.TooLarge):
            client.track(href=HREF, title="x" * 40_000)
        with pytest.raises(tpc.OptionError, match="did you mean api_key"):
            tpc.Client(apikey="key")
        tpc.Client(max_event_bytes=300_000).track(href=HREF, title="x" * 200_000)
        client.close()
        with pytest.raises(tpc.Closed):
            client.track(href=HREF)
    assert [len(visit["page"]["title"]) for visit in visits] == [200_000]


def test_clients_from_before_are_captured_and_send_again_afterwards(client, collector):
    sender, shared, closed = client(), tpc.Client.shared(dry_run=True, name="captured"), client()
    closed.close()
    with tpc.testing.capture() as visits:
        sender.track(href=HREF + "captured")
        shared.track(href=HREF + "shared")
        tpc.Client.shared(dry_run=True, name="captured").track(href=HREF + "shared/again")
        with pytest.raises(tpc.Closed):
            closed.track(href=HREF)
        assert sender.flush(60) == 0 and sender.stats().accepted == 0
    sender.track(href=HREF + "sent")
    shared.close()
    assert sender.flush(60) == 0
    assert paths_of(visits) == ["/captured", "/shared", "/shared/again"]
    assert paths_of(request["event"] for request in collector.good()) == ["/sent"]


def test_a_client_that_is_off_is_captured_as_well(monkeypatch):
    monkeypatch.setenv("TPC_ENABLED", "false")
    with tpc.testing.capture() as visits:
        tpc.Client().track(href=HREF)
        tpc.Client(enabled=False).track_request(REQUEST)
    assert len(visits) == 2


def test_the_inner_of_two_captures_gets_the_visits():
    with tpc.testing.capture() as outer:
        client = tpc.Client()
        with tpc.testing.capture() as inner:
            client.track(href=HREF + "inner")
        client.track(href=HREF + "outer")
    assert (paths_of(inner), paths_of(outer)) == (["/inner"], ["/outer"])


def test_captures_that_overlap_end_in_any_order(client):
    sender = client(dry_run=True)
    first, second = tpc.testing.capture(), tpc.testing.capture()
    of_first, of_second = first.__enter__(), second.__enter__()
    sender.track(href=HREF + "both")
    first.__exit__(None, None, None)
    sender.track(href=HREF + "second")
    second.__exit__(None, None, None)
    sender.track(href=HREF + "sent")
    assert (paths_of(of_first), paths_of(of_second)) == ([], ["/both", "/second"])
    assert sender.stats().accepted == 1


def test_a_call_that_a_captures_end_overtakes_does_not_fail(client):
    sender, captured = client(dry_run=True), []
    with tpc.testing.capture() as visits:
        captured.append(sender._track_json)
    # What another thread does that has looked the function up already.
    event = b'{"event":"page_visit","page":{"href":"https://example.com/"}}'
    status = captured[0](sender._token, event, len(event), tpc._errors.failure.reference)
    assert (status, visits, sender.stats().accepted) == (0, [], 1)


def test_a_shared_client_is_captured_with_the_options_that_it_was_made_with():
    tpc.Client.shared(dry_run=True, client_ip="omit", name="captured with options")
    with tpc.testing.capture() as visits:
        again = tpc.Client.shared(name="captured with options")
        again.track(href=HREF, client_ip="192.0.2.7", method="GET")
    again.close()
    assert visits[0]["request"] == {"method": "GET"}


def test_every_thread_is_captured_and_an_exception_ends_the_capture():
    with pytest.raises(LookupError):
        with tpc.testing.capture() as visits:
            client = tpc.Client(dry_run=True)
            threads = [threading.Thread(target=client.track, kwargs={"href": HREF}) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            raise LookupError
    client.track(href=HREF)
    assert len(visits) == 8 and client.stats().accepted == 1


def test_captures_leave_no_client_behind():
    for _ in range(300):
        with tpc.testing.capture():
            for _ in range(4):
                tpc.Client(dry_run=True)


def starlette_site(**options):
    def page(request):
        return starlette.responses.HTMLResponse("page")

    site = starlette.applications.Starlette(routes=[starlette.routing.Route("/{name}", page)])
    site.add_middleware(tpc.asgi.Middleware, **options)
    return starlette.testclient.TestClient(site).get


def flask_site(**options):
    site = flask.Flask(__name__)
    tpc.flask.TPC(site, **options)
    site.add_url_rule("/<name>", view_func=lambda name: "page")

    def get(path):
        with site.test_client().get(path):  # closed, as a server would
            pass

    return get


SITES = {starlette_site: "http://testserver/pricing", flask_site: "http://localhost/pricing"}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("made", ["before", "within"])
def test_middleware_is_captured_in_a_test_client_without_a_key_whenever_it_was_made(site, made):
    get = site() if made == "before" else None
    for _ in range(2):
        with tpc.testing.capture() as visits:
            (get or site())("/pricing")
        assert [visit["page"]["href"] for visit in visits] == [SITES[site]]
        assert visits[0]["properties"] == {"status": 200}


@pytest.mark.parametrize("site", SITES)
def test_hooks_take_part_while_capturing(site):
    def before_send(event):
        return None if event["page"]["href"].endswith("/private") else {**event, "properties": {"plan": "pro"}}

    get = site(before_send=before_send, redact_query="secret")
    with tpc.testing.capture() as visits:
        get("/pricing?secret=1")
        get("/private")
    assert [(visit["page"]["href"], visit["properties"]) for visit in visits] == [(SITES[site] + "?secret=REDACTED", {"plan": "pro"})]


DJANGO = """
import django, django.conf, django.http, django.test, django.urls, django.test.utils
import tpc.testing
import pytest

django.conf.settings.configure(
    MIDDLEWARE=["tpc.django.Middleware"], ROOT_URLCONF=__name__, SECRET_KEY="test", ALLOWED_HOSTS=["*"], TPC={"exclude_paths": "/no"}
)
django.setup()
urlpatterns = [django.urls.path("<name>", lambda request, name: django.http.HttpResponse("page"))]

def test_a_page_is_a_visit(tpc_visits):
    for path in ("/caf%C3%A9", "/no"):
        assert django.test.Client().get(path).status_code == 200
    assert [visit["page"]["href"] for visit in tpc_visits] == ["http://testserver/caf%C3%A9"]

def test_each_test_has_visits_of_its_own(tpc_visits):
    assert tpc_visits == []

@pytest.mark.parametrize("track", [True, False])
def test_what_is_not_tracked_fails_the_test(tpc_visits, track):
    if track:
        tpc.Client().track(href="https://example.com/")
    assert len(tpc_visits) == 1
"""


def test_pytest_has_the_fixture_as_soon_as_the_package_is_installed(wheel, tmp_path):  # noqa: F811
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    (tmp_path / "test_site.py").write_text(DJANGO)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "test_site.py"]
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "installed")}, capture_output=True, text=True)
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert "test_what_is_not_tracked_fails_the_test[False]" in done.stdout


def test_the_documents_tests_pass(tmp_path):
    page = (paths.ROOT / "docs/testing-your-tracking.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"<!-- test: pytest -->\n```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "test_site.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tpc._pytest", "-p", "no:cacheprovider", "test_site.py"]
    environment = {"PYTHONPATH": str(PACKAGE), "TPC_LIBRARY": str(paths.LIBRARY)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "2 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("system", "code", "said"),
    [("musl", 0, "cannot be captured on this system"), ("glibc", 1, "LibraryNotFound: libtpc could not be loaded")],
)
def test_where_nothing_is_tracked_the_fixture_skips_and_where_the_library_is_missing_it_fails(tmp_path, system, code, said):
    (tmp_path / "test_site.py").write_text("def test_a_page(tpc_visits): pass\n")
    faked = f"import platform, sys, pytest; platform.libc_ver = lambda: ('{system}', '2')\n"
    program = faked + "sys.exit(pytest.main(['-q', '-rs', '-p', 'tpc._pytest', '-p', 'no:cacheprovider', 'test_site.py']))"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": str(PACKAGE)}, capture_output=True, text=True)
    assert done.returncode == code and said in done.stdout, done.stdout + done.stderr
