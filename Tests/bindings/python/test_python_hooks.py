# SPDX-License-Identifier: Apache-2.0
"""What an application's hooks may do: add, withhold, change, fail, wait; and a request is counted once however often it is watched."""

import asyncio
import collections.abc
import datetime
import decimal
import enum
import json
import logging
import pathlib
import uuid

import flask
import pytest
import tpc
import tpc._faults
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Mount, Route
from werkzeug.local import LocalProxy

from .test_python_asgi import page as asgi_page
from .test_python_asgi import run as run_asgi
from .test_python_asgi import scope_of
from .test_python_wsgi import environ_of, page, run

ADDITIONS = json.loads((pathlib.Path(__file__).parents[1] / "additions.json").read_text(encoding="utf-8"))


@pytest.fixture
def events(client, collector):
    """Asks for the page once, with the hooks; the events that arrive."""
    sender = client()

    def ask(asgi=False, **hooks):
        if asgi:
            run_asgi(tpc.asgi.Middleware(asgi_page, sender, **hooks), scope_of())
        else:
            assert run(tpc.wsgi.Middleware(page, sender, **hooks), environ_of())[1] == b"<h1></h1>"
        assert sender.flush(60) == 0
        return [request["event"] for request in collector.good()]

    return ask


class Plan(enum.Enum):
    PRO = "pro"


class Scalar:
    """What numpy's scalars have in common."""

    dtype, shape = "int64", ()

    def item(self):
        return 7


class Times(Scalar):
    """numpy's time in nanoseconds."""

    dtype = type("dtype", (), {"kind": "M"})

    def astype(self, dtype):
        assert dtype == "datetime64[us]"
        return type("Microseconds", (), {"item": lambda _: datetime.datetime(2026, 1, 2)})()


class Failing(collections.abc.Mapping):
    """A mapping whose own code fails."""

    def __getitem__(self, name):
        raise LookupError("of a visitor")

    __len__ = __iter__ = __getitem__


class LazyString:
    def __str__(self):
        return "Preise"


CONVERTED = {
    "price": (decimal.Decimal("9.90"), 9.9),
    "seats": (decimal.Decimal("3"), 3),
    "exact": (decimal.Decimal("0.12345678901234567890123"), "0.12345678901234567890123"),
    "number": (Scalar(), 7),
    "label": (LazyString(), "Preise"),
    "day": (datetime.date(2026, 1, 2), "2026-01-02"),
    "naive": (datetime.datetime(2026, 1, 2, 3, 4), "2026-01-02T03:04:00"),
    "id": (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    "plan": (Plan.PRO, "pro"),
    "time": (Times(), "2026-01-02T00:00:00"),
    "proxy": (LocalProxy(lambda: "pro"), "pro"),
    "proxied": (LocalProxy(lambda: 5), 5),
}


def test_what_is_plainly_meant_is_converted(events, caplog):
    (event,) = events(event=lambda *_: {"page": {"title": LazyString()}, "properties": {n: v for n, (v, _) in CONVERTED.items()}})
    assert event["page"]["title"] == "Preise"
    assert event["properties"] == {"status": 200, **{name: value for name, (_, value) in CONVERTED.items()}}
    assert not caplog.records


ODD = {
    "bytes": (b"x", "found bytes"),
    "set": ({1}, "found set"),
    "list": ([1], "found list"),
    "object": ({"a": 1}, "found dict"),
    "nan": (float("nan"), "found a number that is not finite"),
    "infinite": (decimal.Decimal("Infinity"), "found a number that is not finite"),
    "surrogate": ("\ud800", "found str"),
    "failing": (Failing(), "found Failing"),
    "unbound": (LocalProxy(lambda: 1 / 0), "found LocalProxy"),
}


@pytest.mark.parametrize("name", list(ODD))
def test_what_is_not_is_left_out_with_one_warning_that_names_it(name, events, caplog):
    value, found = ODD[name]
    for count in (1, 2):
        assert len(events(event=lambda *_: {"page": {"title": "T"}, "properties": {"plan": "pro", name: value}})) == count
    event = events(event=lambda *_: {"page": {"title": "T"}, "properties": {"plan": "pro", name: value}})[-1]
    assert event["properties"] == {"status": 200, "plan": "pro"} and event["page"]["title"] == "T"
    (record,) = caplog.records
    assert f"/properties/{name}: {found}" in record.getMessage()


def test_a_name_that_is_not_text_or_too_long_is_left_out(events, caplog):
    (event,) = events(event=lambda *_: {"properties": {1: "x", "\ud800": "y", "plan": "pro"}})
    assert event["properties"] == {"status": 200, "plan": "pro"}
    assert "found a name of type int" in caplog.text and "/properties/\\uD800: found" in caplog.text
    event = events(event=lambda *_: {"page": {"title": "T"}, "properties": {"long" * 500: 1}})[1]
    assert event["page"]["title"] == "T" and event["properties"] == {"status": 200}


@pytest.mark.parametrize("added", [{"page": {"href": b"https://example.com/"}}, {"page": 5}, {"request": ["x"]}])
def test_what_may_hide_what_the_request_says_withholds_the_visit_when_it_is_odd(added, events, caplog):
    assert events(event=lambda *_: added) == []
    assert "a page visit was not tracked: /" in caplog.text


def odd(value):
    """A value of additions.json, with what has no meaning for it in Python."""
    if isinstance(value, dict):
        return {name: odd(inner) for name, inner in value.items()}
    return object() if value == "<odd>" else value


def at(event, pointer):
    *parents, last = pointer.split("/")[1:]
    for name in parents:
        event = event.get(name, {})
    return event.get(last, "<absent>")


def merged(event, added):
    for name, value in added.items():
        event[name] = {**event.get(name, {}), **value} if isinstance(value, dict) else value
    return event


@pytest.mark.parametrize("case", ADDITIONS, ids=lambda case: case["title"])
def test_an_odd_addition_is_what_the_table_of_all_languages_says(case, caplog, monkeypatch):
    for hooks in ({"event": lambda *_: odd(case["added"])}, {"before_send": lambda event: merged(event, odd(case["added"]))}):
        monkeypatch.setattr(tpc._faults, "_logged", set())
        caplog.clear()
        with tpc.testing.capture() as visits:
            run(tpc.wsgi.Middleware(page, **hooks), environ_of())
        assert bool(visits) == (case["visit"] is not None)
        for visit in visits:
            assert {pointer: at(visit, pointer) for pointer in case["visit"]} == case["visit"]
        told = [record.getMessage() for record in caplog.records]
        assert [f": {case['warns']}: " in text for text in told] == ([] if case["warns"] is None else [True]), told


@pytest.mark.parametrize("asgi", [False, True], ids=["wsgi", "asgi"])
def test_before_send_gets_the_whole_event_and_may_change_it(asgi, events):
    seen = []

    def before_send(event):
        seen.append(event)
        return {**event, "properties": {**event["properties"], "price": decimal.Decimal("1.5")}}

    (event,) = events(asgi, event=lambda *_: {"properties": {"plan": "pro"}}, before_send=before_send)
    assert seen[0]["event"] == "page_visit" and seen[0]["page"]["href"].endswith("example.com/pricing")
    assert seen[0]["request"]["clientIp"] == "192.0.2.7"
    assert event["properties"] == {"status": 200, "plan": "pro", "price": 1.5}


@pytest.mark.parametrize("answer", [None, False])
def test_before_send_may_drop_a_visit(answer, events, caplog):
    assert events(before_send=lambda event: answer) == [] and not caplog.records


@pytest.mark.parametrize("answer", [True, 5, [], "event"], ids=["true", "number", "list", "text"])
def test_before_send_that_returns_anything_else_sends_nothing_and_is_logged(answer, events, caplog):
    assert events(before_send=lambda event: answer) == []
    assert "before_send" in caplog.text and type(answer).__name__ in caplog.text


def test_before_send_that_fails_sends_nothing_and_is_logged_without_its_text(events, caplog):
    def before_send(event):
        raise LookupError(event["page"]["href"])

    assert events(before_send=before_send) == []
    (record,) = caplog.records
    assert "LookupError in" in record.getMessage() and "pricing" not in record.getMessage()


def test_redaction_and_the_policy_for_addresses_apply_after_before_send(client, collector):
    sender = client(client_ip="omit")
    hooks = {"before_send": lambda event: {**event, "page": {"href": "https://example.com/?token=of-a-visitor"}}}
    run(tpc.wsgi.Middleware(page, sender, **hooks), environ_of())
    assert sender.flush(60) == 0
    (request,) = collector.good()
    assert request["event"]["page"]["href"] == "https://example.com/?token=REDACTED" and "clientIp" not in request["event"]["request"]


def test_before_send_is_not_called_when_there_is_no_visit(client):
    sender = client()
    app = tpc.wsgi.Middleware(page, sender, before_send=lambda event: 1 / 0)
    run(app, environ_of(REQUEST_METHOD="POST"))
    assert sender.stats().left_out == 1


def test_asynchronous_hooks_are_awaited_under_asgi(events):
    async def added(scope, response):
        await asyncio.sleep(0)
        return {"properties": {"plan": "pro"}}

    async def before_send(event):
        await asyncio.sleep(0)
        return {**event, "page": {**event["page"], "title": "T"}}

    (event,) = events(True, event=added, before_send=before_send)
    assert event["properties"]["plan"] == "pro" and event["page"]["title"] == "T"


def test_an_asynchronous_hook_outlives_a_streamed_response_that_is_cancelled_once_it_is_sent(client):
    async def view(request):
        return StreamingResponse(iter(["<h1>", "page"]), media_type="text/html")

    async def added(scope, response):
        await asyncio.sleep(0.05)

    async def serve():
        ended = asyncio.Event()

        async def receive():
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended.set()

        await tpc.asgi.Middleware(Starlette(routes=[Route("/pricing", view)]), sender, event=added)(scope_of(), receive, send)

    sender = client()
    asyncio.run(serve())
    assert sender.stats().accepted == 1


def test_an_asynchronous_hook_that_is_cancelled_cancels_no_page(client):
    async def added(scope, response):
        raise asyncio.CancelledError

    assert run_asgi(tpc.asgi.Middleware(asgi_page, client(), event=added), scope_of())[-1]["body"] == b"</h1>"


@pytest.mark.parametrize("name", ["event", "before_send"])
def test_asynchronous_hooks_are_refused_where_nobody_can_wait_for_them(name):
    async def hook(*_):
        pass

    class Hook:
        async def __call__(self, *_):
            pass

    for one in (hook, Hook()):
        for make in (lambda **hooks: tpc.wsgi.Middleware(page, **hooks), lambda **hooks: tpc.flask.TPC(**hooks)):
            with pytest.raises(TypeError, match=f"{name}: found a coroutine function"):
                make(**{name: one})
    with pytest.raises(TypeError, match=f"{name}: found int; expected a function"):
        tpc.asgi.Middleware(asgi_page, **{name: 5})


@pytest.mark.filterwarnings("error")
def test_a_coroutine_that_nobody_can_wait_for_withholds_the_visit_and_is_closed(events, caplog):
    async def hook():
        return {}

    assert events(event=lambda *_: hook()) == []
    assert "TypeError in" in caplog.text


def test_a_log_that_fails_harms_no_page(client):
    class Failing(logging.Handler):
        def emit(self, record):
            raise OSError("the disk is full")

    handler = Failing()
    logging.getLogger("tpc").addHandler(handler)
    try:
        app = tpc.wsgi.Middleware(page, client(), event=lambda *_: 1 / 0)
        assert run(app, environ_of())[1] == b"<h1></h1>"
        tpc.asgi.Middleware(asgi_page)  # the warning for the missing key
    finally:
        logging.getLogger("tpc").removeHandler(handler)


def test_a_streamed_response_is_a_visit_of_the_moment_when_its_request_came(client, collector, monkeypatch):
    monkeypatch.setattr("tpc.wsgi.time", lambda: 1_700_000_000.25)
    sender = client()
    run(tpc.wsgi.Middleware(page, sender), environ_of())
    run(tpc.wsgi.Middleware(page, sender, event=lambda *_: {"occurredAt": "2026-01-01T00:00:00Z"}), environ_of())
    assert sender.flush(60) == 0
    assert {request["event"]["occurredAt"] for request in collector.good()} == {"2023-11-14T22:13:20.250Z", "2026-01-01T00:00:00Z"}


def test_a_hook_that_hands_its_request_to_the_application_counts_it_once(client):
    sender, app = client(), None

    def event(environ, response):
        run(app, dict(environ))

    app = tpc.wsgi.Middleware(page, sender, event=event)
    run(app, environ_of())
    assert sender.stats().accepted == 1


def flask_site(sender, **hooks):
    site = flask.Flask("site")
    tpc.flask.TPC(site, sender, **hooks)
    site.add_url_rule("/pricing", view_func=lambda: "<h1>page</h1>")
    return site


def test_a_request_is_counted_once_by_the_outermost_of_several_wsgi_middlewares(client, collector):
    sender, inner = client(), client()
    site = flask_site(inner)
    tpc.flask.TPC(site, inner)
    run(tpc.wsgi.Middleware(tpc.wsgi.Middleware(site, inner), sender), environ_of())
    assert (sender.stats().accepted, inner.stats().accepted) == (1, 0)


def test_a_request_is_counted_once_by_the_outermost_of_several_asgi_middlewares(client):
    async def view(request):
        return HTMLResponse("<h1>page</h1>")

    sender, inner = client(), client()
    mounted = Starlette(routes=[Route("/pricing", view)])
    mounted.add_middleware(tpc.asgi.Middleware, client=inner)
    app = Starlette(routes=[Mount("/shop", mounted)])
    app.add_middleware(tpc.asgi.Middleware, client=sender)
    scope = scope_of(path="/shop/pricing", raw_path=None)
    run_asgi(app, scope)
    assert (sender.stats().accepted, inner.stats().accepted) == (1, 0)


def test_a_request_is_counted_once_when_an_asgi_application_mounts_a_wsgi_one(client):
    async def bridge(scope, receive, send):
        started = []
        body = await asyncio.to_thread(lambda: list(flask_site(inner)(environ_of(), lambda *arguments: started.append(arguments))))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"".join(body)})

    sender, inner = client(), client()
    run_asgi(tpc.asgi.Middleware(bridge, sender), scope_of())
    assert (sender.stats().accepted, inner.stats().accepted) == (1, 0)


def test_a_test_of_ones_own_sees_the_visits_of_middleware_without_a_key(caplog):
    app = tpc.wsgi.Middleware(page, before_send=lambda event: {**event, "properties": {"seen": True}})
    with tpc.testing.capture() as visits:
        run(app, environ_of(HTTP_HOST="testserver"))
    run(app, environ_of())
    assert [visit["page"]["href"] for visit in visits] == ["http://testserver/pricing"] and visits[0]["properties"] == {"seen": True}
