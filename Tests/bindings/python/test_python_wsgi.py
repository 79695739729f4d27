# SPDX-License-Identifier: Apache-2.0
"""The WSGI middleware changes nothing about an application, and passes on to the library what the server reports."""

import io
import json
import logging
import socket
import wsgiref.util
import wsgiref.validate

import pytest
import tpc
import tpc.wsgi
from werkzeug.middleware.proxy_fix import ProxyFix


class Recorder(tpc.Client):
    """Takes the part of a client: keeps the requests that it is given."""

    def __init__(self, error=None):
        self.requests = []
        self.error = error

    def _track_request(self, text):
        self.requests.append(json.loads(text))
        if self.error:
            raise self.error


def environ_of(**values):
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/pricing",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "example.com",
        "REMOTE_ADDR": "192.0.2.7",
    }
    wsgiref.util.setup_testing_defaults(environ)
    return {**environ, **values}


def page(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    yield b"<h1>"
    yield b"</h1>"


def request_of(app=page, **values):
    """What the library is given for one request."""
    client = Recorder()
    run(tpc.wsgi.Middleware(app, client), environ_of(**values))
    (request,) = client.requests
    return request


def run(app, environ):
    """The body, as a server makes it."""
    started = []
    result = app(environ, lambda *arguments: started.append(arguments))
    try:
        body = b"".join(result)
    finally:
        if hasattr(result, "close"):
            result.close()
    return started, body


def test_a_visit_is_tracked_when_the_response_is_sent_and_not_before():
    client = Recorder()
    result = tpc.wsgi.Middleware(page, client)(environ_of(), lambda *_: None)
    assert list(result) == [b"<h1>", b"</h1>"] and client.requests == []
    result.close()
    result.close()
    assert len(client.requests) == 1


def test_the_application_is_a_valid_one_to_the_servers_validator():
    client = Recorder()
    app = wsgiref.validate.validator(tpc.wsgi.Middleware(wsgiref.validate.validator(page), client))
    assert run(app, environ_of())[1] == b"<h1></h1>"
    assert len(client.requests) == 1


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_body_whose_length_a_server_looks_at_stays_what_it_is(kind):
    body, client = kind([b"<h1>"]), Recorder()

    def app(environ, start_response):
        start_response("200 OK", [])
        return body

    assert tpc.wsgi.Middleware(app, client)(environ_of(), lambda *_: None) is body
    assert len(client.requests) == 1


@pytest.mark.parametrize("wrapper", [wsgiref.util.FileWrapper, lambda file: file])
def test_a_file_that_a_server_sends_itself_stays_what_it_is(wrapper):
    client = Recorder()

    def app(environ, start_response):
        start_response("200 OK", [])
        app.body = environ["wsgi.file_wrapper"](io.BytesIO(b"file"))
        return app.body

    environ = environ_of(**{"wsgi.file_wrapper": wrapper})
    assert tpc.wsgi.Middleware(app, client)(environ, lambda *_: None) is app.body
    assert len(client.requests) == 1


def test_the_applications_close_write_and_exc_info_reach_their_ends():
    closed, written, infos = [], [], []

    class Body:
        def __iter__(self):
            return iter([b"body"])

        def close(self):
            closed.append(True)
            raise RuntimeError("of the application")

    def app(environ, start_response):
        start_response("200 OK", [])
        start_response("500 Oops", [], ("type", "value", "traceback"))(b"written")
        return Body()

    def start_response(status, headers, exc_info=None):
        infos.append(exc_info)
        return written.append

    client = Recorder()
    result = tpc.wsgi.Middleware(app, client)(environ_of(), start_response)
    assert list(result) == [b"body"]
    with pytest.raises(RuntimeError, match="of the application"):
        result.close()
    assert (closed, written, infos) == ([True], [b"written"], [None, ("type", "value", "traceback")])
    # The last status is the one that was sent.
    assert client.requests[0]["status"] == 500


def test_an_application_that_fails_fails_as_before_and_is_not_a_visit():
    def app(environ, start_response):
        raise LookupError("of the application")

    client = Recorder()
    with pytest.raises(LookupError, match="of the application"):
        tpc.wsgi.Middleware(app, client)(environ_of(), lambda *_: None)
    assert client.requests == []


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({"RAW_URI": "/a%2Fb?c=%20", "PATH_INFO": "/a/b"}, "/a%2Fb?c=%20"),
        ({"REQUEST_URI": "/a%2Fb", "PATH_INFO": "/a/b"}, "/a%2Fb"),
        ({"REQUEST_URI": "http://example.com/x"}, "http://example.com/x"),
        ({"RAW_URI": "/caf\xc3\xa9?q=\xc3\xbc&r=50%"}, "/caf%C3%A9?q=%C3%BC&r=50%"),
        ({"SCRIPT_NAME": "/shop", "PATH_INFO": "/caf\xc3\xa9 50%", "QUERY_STRING": "a=b"}, "/shop/caf%C3%A9%2050%25?a=b"),
        ({"PATH_INFO": "/a;b=c,d:e@f+g~h'(i)*!$&"}, "/a;b=c,d:e@f+g~h'(i)*!$&"),
        ({"PATH_INFO": "", "QUERY_STRING": "a=b"}, "/?a=b"),
    ],
)
def test_the_target_is_the_servers_raw_one_or_made_of_its_parts(values, target):
    assert request_of(**values)["target"] == target


def test_the_library_is_given_only_what_its_rules_look_at():
    secrets = {"HTTP_COOKIE": "session=1", "HTTP_AUTHORIZATION": "Bearer 2", "HTTP_X_API_KEY": "3"}
    request = request_of(HTTP_USER_AGENT="GPTBot/1.2", HTTP_X_FORWARDED_FOR="192.0.2.1, 192.0.2.2", **secrets)
    assert request == {
        "method": "GET",
        "scheme": "http",
        "host": "example.com",
        "target": "/pricing",
        "remoteAddress": "192.0.2.7",
        "status": 200,
        "contentType": "text/html",
        "headers": {"user-agent": "GPTBot/1.2", "x-forwarded-for": "192.0.2.1, 192.0.2.2"},
    }


def test_a_request_without_host_or_address_has_the_servers_name():
    environ = {key: value for key, value in environ_of(REMOTE_ADDR="").items() if key != "HTTP_HOST"}
    client = Recorder()
    run(tpc.wsgi.Middleware(page, client), environ)
    assert (client.requests[0]["host"], client.requests[0]["remoteAddress"]) == ("127.0.0.1:8000", None)


def test_a_server_of_an_ipv6_address_has_it_in_brackets():
    environ = {key: value for key, value in environ_of(SERVER_NAME="::1").items() if key != "HTTP_HOST"}
    client = Recorder()
    run(tpc.wsgi.Middleware(page, client), environ)
    assert client.requests[0]["host"] == "[::1]:8000"


def test_a_body_that_nobody_asked_for_is_a_visit_of_head_only():
    for method, count in (("HEAD", 1), ("GET", 0)):
        client = Recorder()
        tpc.wsgi.Middleware(page, client)(environ_of(REQUEST_METHOD=method), lambda *_: None).close()
        assert client.requests == []  # a generator that never ran has announced nothing

        def announced(environ, start_response):
            start_response("200 OK", [("Content-Type", "text/html")])
            return iter([b"page"])

        tpc.wsgi.Middleware(announced, client)(environ_of(REQUEST_METHOD=method), lambda *_: None).close()
        assert len(client.requests) == count


def test_the_servers_iteration_closes_the_applications_body_once():
    closed = []

    class Body:
        def __iter__(self):
            yield from [b"a", b"b", b"c"]

        def close(self):
            closed.append(True)

    def app(environ, start_response):
        start_response("200 OK", [])
        return Body()

    result = tpc.wsgi.Middleware(app, Recorder())(environ_of(), lambda *_: None)
    parts = iter(result)
    next(parts), next(parts)
    del parts
    assert closed == []
    result.close()
    assert closed == [True]


def test_headers_are_utf8_where_they_are_valid_and_latin_1_otherwise():
    headers = {"HTTP_USER_AGENT": "Br\xc3\xb3wser", "HTTP_REFERER": "https://example.com/\xd0\xba", "HTTP_X_MOZ": "Gr\xfcn"}
    request = request_of(HTTP_HOST="b\xc3\xbccher.example", **headers)
    assert request["host"] == "bücher.example"
    assert request["headers"] == {"user-agent": "Brówser", "referer": "https://example.com/к", "x-moz": "Grün"}


class Connection:
    def __init__(self, family):
        self.family = family


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({"REMOTE_ADDR": "unix:"}, "unix:"),
        ({"REMOTE_ADDR": "", "SERVER_PORT": ""}, "unix:"),
        ({"REMOTE_ADDR": "", "gunicorn.socket": Connection(socket.AF_UNIX)}, "unix:"),
        ({"REMOTE_ADDR": "", "gunicorn.socket": Connection(socket.AF_INET), "SERVER_PORT": ""}, None),
        ({"REMOTE_ADDR": ""}, None),
        ({"REMOTE_ADDR": None, "SERVER_PORT": ""}, None),
    ],
)
def test_only_a_server_that_says_so_is_on_a_unix_socket(values, address):
    assert request_of(**values)["remoteAddress"] == address


def test_the_address_that_proxy_fix_found_is_told_beside_the_peers():
    client = Recorder()
    run(ProxyFix(tpc.wsgi.Middleware(page, client), x_for=1), environ_of(HTTP_X_FORWARDED_FOR="198.51.100.1"))
    (request,) = client.requests
    assert (request["remoteAddress"], request["clientAddress"]) == ("192.0.2.7", "198.51.100.1")
    assert "clientAddress" not in request_of()


def test_the_content_type_is_told_whatever_its_names_case():
    def app(environ, start_response):
        start_response("200 OK", [("X-Other", "1"), ("CONTENT-type", "application/json")])
        return [b"{}"]

    assert request_of(app)["contentType"] == "application/json"
    assert "contentType" not in request_of(lambda environ, start_response: [start_response("200 OK", []) and b""])


def test_the_librarys_rules_decide_and_the_hook_adds(client, collector):
    def added(environ, response):
        return {"page": {"title": environ["PATH_INFO"]}, "properties": {"status": response.status, **dict(response.headers)}}

    sender = client()
    app = tpc.wsgi.Middleware(page, sender, event=added)
    for path in ("/robots.txt", "/pricing", "/caf\xc3\xa9"):
        run(app, environ_of(PATH_INFO=path, HTTP_USER_AGENT="Gr\xfcn/1"))
    assert sender.flush(60) == 0 and sender.stats().left_out == 1
    first, second = (request["event"] for request in collector.good())
    assert first["page"]["href"] == "http://example.com/pricing" and first["page"]["title"] == "/pricing"
    assert first["properties"] == {"status": 200, "Content-Type": "text/html"}
    assert first["request"] == {"userAgent": "Grün/1", "clientIp": "192.0.2.7", "method": "GET"}
    assert second["page"]["href"] == "http://example.com/caf%C3%A9"


def test_a_hook_that_says_nothing_adds_nothing(client, collector):
    sender = client()
    run(tpc.wsgi.Middleware(page, sender, event=lambda environ, response: None), environ_of())
    assert sender.flush(60) == 0 and collector.good()[0]["event"]["properties"] == {"status": 200}


def test_a_hook_that_returns_false_withholds_the_visit(client, collector, caplog):
    def consented(environ, response):
        return None if environ.get("HTTP_COOKIE") == "consent=yes" else False

    sender = client()
    app = tpc.wsgi.Middleware(page, sender, event=consented)
    for path, cookie in [("/a", "consent=no"), ("/b", "consent=yes"), ("/c", "")]:
        assert run(app, environ_of(PATH_INFO=path, HTTP_COOKIE=cookie))[1] == b"<h1></h1>"
    assert sender.flush(60) == 0
    assert [request["event"]["page"]["pathname"] for request in collector.good()] == ["/b"]
    assert not caplog.records


@pytest.mark.parametrize("answer", [True, 0, "", [], object()], ids=["true", "zero", "text", "list", "object"])
def test_a_hook_that_returns_anything_else_withholds_the_visit_and_is_logged(answer, client, collector, caplog):
    sender = client()
    for _ in range(2):
        run(tpc.wsgi.Middleware(page, sender, event=lambda environ, response: answer), environ_of())
    assert sender.flush(60) == 0 and sender.stats().accepted == 0
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_whatever_fails_is_logged_once_and_never_with_what_was_asked_for(caplog):
    def failing(environ, response):
        raise LookupError(environ["PATH_INFO"])

    app = tpc.wsgi.Middleware(page, Recorder(), event=failing)
    for _ in range(3):
        assert run(app, environ_of(PATH_INFO="/secret"))[1] == b"<h1></h1>"
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("tpc", logging.WARNING)
    assert "LookupError in" in record.getMessage() and "secret" not in record.getMessage()


def test_each_failure_of_the_librarys_is_logged_once(caplog):
    client = Recorder(tpc.QueueFull("queue_max_events", "the queue is full"))
    app = tpc.wsgi.Middleware(page, client)
    for _ in range(3):
        run(app, environ_of())
    client.error = tpc.Closed("", "the client is closed")
    run(app, environ_of())
    assert ["full" in record.getMessage() for record in caplog.records] == [True, False]


def test_a_wrong_option_is_refused_when_the_middleware_is_made_and_starts_nothing():
    with pytest.raises(tpc.OptionError, match="did you mean request_timeout_ms?"):
        tpc.wsgi.Middleware(page, request_timeout=5)
    with pytest.raises(TypeError, match="client: found str; expected a tpc.Client"):
        tpc.wsgi.Middleware(page, "key-of-the-test")


def test_a_status_that_only_a_lenient_server_takes_does_not_harm_the_page(caplog):
    def app(environ, start_response):
        start_response(200, [])
        return [b"page"]

    assert run(tpc.wsgi.Middleware(app, Recorder()), environ_of())[1] == b"page"
    assert "TypeError in" in caplog.text


def test_a_wrong_variable_is_one_warning_when_the_middleware_is_made(caplog, monkeypatch):
    monkeypatch.setenv("TPC_MAX_IN_FLIGHT", "-5")
    assert run(tpc.wsgi.Middleware(page, api_key="key-of-the-test"), environ_of())[1] == b"<h1></h1>"
    (record,) = caplog.records
    assert "page visits are not tracked: TPC_MAX_IN_FLIGHT" in record.getMessage()


def test_another_value_than_a_client_is_refused_when_the_middleware_is_made():
    with pytest.raises(TypeError, match="client: found int"):
        tpc.wsgi.Middleware(page, 5)


def test_options_beside_a_client_are_checked_and_one_warning_says_that_they_do_nothing(caplog):
    client = tpc.Client(dry_run=True)
    with pytest.raises(tpc.OptionError, match="max_in_flight"):
        tpc.wsgi.Middleware(page, client, max_in_flight=-1)
    for _ in range(2):
        tpc.wsgi.Middleware(page, client, max_in_flight=1, log_level=None)
    (record,) = caplog.records
    assert "max_in_flight: not used, since `client` has its own options" in record.getMessage()


def test_a_shared_client_that_is_there_needs_no_second_key(collector, caplog):
    client = tpc.Client.shared(name="there", base_url=collector.url, api_key="key-of-the-test")
    run(tpc.wsgi.Middleware(page, name="there"), environ_of())
    assert client.flush(60) == 0 and not caplog.records
    assert len(collector.good()) == 1


def test_a_missing_key_is_one_warning_when_the_middleware_is_made_and_harms_no_page(caplog):
    apps = [tpc.wsgi.Middleware(page, name="nobody's") for _ in range(3)]
    (record,) = caplog.records
    assert "page visits are not tracked: api_key: no credential is set" in record.getMessage()
    assert [run(app, environ_of())[1] for app in apps] == [b"<h1></h1>"] * 3 and len(caplog.records) == 1


def test_the_first_request_makes_the_client_of_the_options(collector):
    app = tpc.wsgi.Middleware(page, base_url=collector.url, api_key="key-of-the-test")
    run(app, environ_of())
    assert collector.wait(1)["good"] == 1
