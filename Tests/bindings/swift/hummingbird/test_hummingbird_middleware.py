# SPDX-License-Identifier: Apache-2.0
"""What TrackPageVisits makes of a server's requests, and that it changes nothing about their answers."""

import datetime
import socket

import asking
import pytest


def events(collector):
    return [entry["event"] for entry in collector.all()]


def paths(collector):
    return sorted(event["page"]["pathname"] for event in events(collector))


def test_the_answers_are_the_applications_own(site, collector):
    with site() as server:
        page = asking.ask(server.port, "/page/1")
        assert (page.status, page.text, page.headers["Content-Length"]) == (200, "<h1>page 1</h1>", "15")
        head = asking.ask(server.port, "/page/1", "HEAD")
        assert (head.status, head.text) == (200, "")
        assert asking.ask(server.port, "/nothing").status == 204
        assert asking.ask(server.port, "/throws/410").text == '{"error":{"message":"thrown"}}'
        assert asking.ask(server.port, "/breaks").status == 500
        assert asking.ask(server.port, "/page/1", "OPTIONS").status == 404
        server.stop()


def test_a_body_in_pieces_is_passed_on_with_its_trailers(site, collector):
    with site() as server, socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(b"GET /trailers HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := connection.recv(65536):
            received += piece
        server.stop()
    body = received.partition(b"\r\n\r\n")[2]
    assert body == b"4\r\n<h1>\r\n4\r\npart\r\n5\r\n</h1>\r\n0\r\nx-sum: 42\r\n\r\n"
    assert paths(collector) == ["/trailers"]


def test_get_and_head_of_pages_are_visits_and_nothing_else_is(site, collector, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/index.html").write_text("<h1>a file</h1>")
    (tmp_path / "files/picture.png").write_bytes(b"PNG")
    asked = ["/page/1", "/json", "/nothing", "/style.css", "/index.html", "/picture.png", "/missing", "/throws/404", "/breaks"]
    with site(FILES=str(tmp_path / "files")) as server:
        for path in asked:
            asking.ask(server.port, path)
        asking.ask(server.port, "/page/2", "HEAD")
        asking.ask(server.port, "/page/3", "OPTIONS")
        asking.ask(server.port, "/form", "POST")
        file = asking.ask(server.port, "/index.html")
        assert (file.text, file.headers["Content-Length"]) == ("<h1>a file</h1>", "15")
        server.stop()
    assert paths(collector) == ["/index.html", "/index.html", "/page/1", "/page/2"]


def test_a_thrown_errors_status_counts_by_track_errors(site, collector):
    with site(TPC_TRACK_ERRORS="ai") as server:
        for path in ("/throws/404", "/throws/410", "/throws/400", "/throws/503", "/breaks", "/missing"):
            asking.ask(server.port, path)
        server.stop()
    assert sorted((event["page"]["pathname"], event["properties"]["status"]) for event in events(collector)) == [
        ("/breaks", 500), ("/missing", 404), ("/throws/404", 404), ("/throws/410", 410), ("/throws/503", 503),
    ]  # fmt: skip


def test_a_request_counts_once_if_the_middleware_is_there_twice_and_in_a_group(site, collector):
    with site(TWICE="yes") as server:
        assert asking.ask(server.port, "/group/page").status == 200
        asking.ask(server.port, "/page/1")
        server.stop()
    assert paths(collector) == ["/group/page", "/page/1"]


def test_a_long_response_is_a_visit_of_the_moment_at_which_its_request_came(site, collector, tmp_path):
    import threading

    with site() as server:
        before = datetime.datetime.now(datetime.timezone.utc)
        reader = threading.Thread(target=asking.ask, args=(server.port, "/held/long"))
        reader.start()
        asking.appears(tmp_path / "arrived-long")
        came = datetime.datetime.now(datetime.timezone.utc)
        # It is longer than the tenth of a second up to which the end will do.
        threading.Event().wait(0.2)
        (tmp_path / "go-long").touch()
        reader.join()
        server.stop()
    moment = datetime.datetime.fromisoformat(events(collector)[0]["occurredAt"].replace("Z", "+00:00"))
    assert before - datetime.timedelta(milliseconds=2) <= moment <= came


def test_without_an_address_the_proxys_headers_do_not_count(site, collector):
    headers = {"Host": "example.com", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    for context in ("basic", "own"):
        with site(CONTEXT=context, TPC_TRUSTED_PROXIES="private") as server:
            asking.ask(server.port, f"/page/{context}", headers=headers)
            _, log = server.stop()
            assert ("trusted_proxies has no effect: BasicRequestContext is not a" in log) == (context == "basic")
    basic, own = events(collector)
    assert (basic["page"]["href"], basic["request"].get("clientIp")) == ("http://example.com/page/basic", None)
    assert (own["page"]["href"], own["request"]["clientIp"]) == ("https://example.com/page/own", "192.0.2.7")


@pytest.mark.parametrize("proxy, scheme", [({}, "https"), ({"X-Forwarded-Proto": "http"}, "http")], ids=["none", "trusted"])
def test_the_sites_scheme_may_be_given_and_a_trusted_proxy_knows_better(site, collector, proxy, scheme):
    with site(SCHEME="https", TPC_TRUSTED_PROXIES="127.0.0.1") as server:
        asking.ask(server.port, "/page/1", headers={"Host": "example.com", "X-Forwarded-For": "192.0.2.7", **proxy})
        server.stop()
    assert events(collector)[0]["page"]["href"] == f"{scheme}://example.com/page/1"


def test_the_address_of_the_connection_is_the_visitors(site, collector):
    with site() as server:
        asking.ask(server.port, "/page/1")
        server.stop()
    assert events(collector)[0]["request"]["clientIp"] == "127.0.0.1"


def test_a_hook_gets_request_response_and_context_and_changes_the_visit(site, collector):
    with site(HOOK="changes") as server:
        asking.ask(server.port, "/page/1?token=geheim&a=b")
        asking.ask(server.port, "/style.css")
        server.stop()
    (event,) = events(collector)
    assert event["page"]["title"] == "A title"
    assert event["sessionId"] == "session-1"
    assert event["properties"] == {
        "status": 200, "route": "/page/{number}", "type": "text/html; charset=utf-8", "query": "token=geheim&a=b",
    }  # fmt: skip
    assert event["page"]["href"].endswith("/page/1?token=REDACTED&a=b")
    assert event["request"]["clientIp"] == "127.0.0.1"


def test_a_hook_withholds_visits(site, collector):
    with site(HOOK="withholds") as server:
        for number in range(3):
            asking.ask(server.port, f"/page/{number}")
        server.stop()
    assert paths(collector) == ["/page/1"]


@pytest.mark.parametrize(
    "hook, said",
    [
        ("throws", "a page visit was withheld, since the hook edit failed: Secretive; this is logged once"),
        ("spoils", "a page visit was not tracked: /page/href:"),
    ],
)
def test_a_hook_that_fails_withholds_the_visit_and_is_logged_once(site, collector, hook, said):
    with site(HOOK=hook) as server:
        for number in range(3):
            assert asking.ask(server.port, f"/page/{number}").status == 200
        code, log = server.stop()
    assert code == 0
    assert paths(collector) == []
    assert log.count(said) == 1, log
    assert "reader@example.com" not in log and "no URL at all" not in log
