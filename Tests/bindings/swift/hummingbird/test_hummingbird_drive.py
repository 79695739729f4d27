# SPDX-License-Identifier: Apache-2.0
"""A real Hummingbird server under 2,000 readers, through its graceful end."""

import random
import signal
import threading

import asking
import examples

PROXY = {
    "Host": "shop.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Referer": "https://chatgpt.com/",
}  # fmt: skip


def test_nothing_of_ours_is_compiled_with_a_warning(build_output):
    assert "Compiling TPCHummingbird" in build_output or "Emitting module TPCHummingbird" in build_output
    # Of the programs, a warning is an error; an example makes what it does not use.
    assert [line for line in build_output.splitlines() if "warning:" in line and "/Sources/TPC" in line] == []


def test_the_code_of_the_doc_comments_is_compiled(build_output):
    files = {name for name, _ in examples.examples()}
    assert files == {"Configuration.swift", "PageVisits+Metrics.swift", "PageVisits+Service.swift", "TrackPageVisits.swift"}


def test_each_of_2000_pages_arrives_once_and_nothing_else_does(site, collector):
    pages = [("GET", f"/page/{number}?q=%C3%A4", 200) for number in range(2000)]
    others = [
        request for number in range(200)
        for request in (("GET", f"/style.css?{number}", 200), ("POST", f"/form?{number}", 200), ("GET", f"/missing/{number}", 404))
    ]  # fmt: skip
    requests = pages + others
    random.Random(7).shuffle(requests)
    with site(TPC_TRUSTED_PROXIES="private") as server:
        asking.ask_all(server.port, requests, PROXY)
        code, log = server.stop()
    assert code == 0
    assert "accepted 2000 delivered 2000 left out 600" in log
    events = [entry["event"] for entry in collector.all()]
    assert sorted(event["page"]["href"] for event in events) == sorted(f"https://shop.example.com{path}" for _, path, _ in pages)
    assert len({event["eventId"] for event in events}) == 2000
    said = {"referrer": PROXY["Referer"], "userAgent": asking.AGENT, "clientIp": "192.0.2.7", "method": "GET"}
    assert all(event["request"] == said for event in events)
    assert all(event["sdk"]["runtime"] == "swift" for event in events)
    assert all(event["properties"]["status"] == 200 for event in events)


def test_a_request_during_the_graceful_end_is_answered_and_its_visit_delivered(site, collector, tmp_path):
    answers = []
    with site() as server:
        reader = threading.Thread(target=lambda: answers.append(asking.ask(server.port, "/held/one")))
        reader.start()
        asking.appears(tmp_path / "arrived-one")
        server.process.send_signal(signal.SIGTERM)
        # The server refuses connections once it shuts down.
        refuses(server.port)
        (tmp_path / "go-one").touch()
        reader.join()
        assert server.process.wait(60) == 0
    assert [answer.status for answer in answers] == [200]
    assert [entry["event"]["page"]["pathname"] for entry in collector.all()] == ["/held/one"]


def refuses(port):
    while True:
        try:
            asking.ask(port, "/nothing")
        except OSError:
            return
