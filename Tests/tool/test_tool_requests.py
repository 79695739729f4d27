# SPDX-License-Identifier: Apache-2.0
"""tpc-events send --requests: web requests, one a line, from any language."""

import json

from tool.command import event
from tool.test_tool_send_file import rejections


def request(target="/docs", **members):
    """The JSON of a request that is a visit."""
    given = {"method": "GET", "scheme": "https", "host": "example.com", "target": target, "status": 200, "contentType": "text/html"}
    return json.dumps(given | members)


def test_a_request_is_sent_before_the_next_one_comes(sender, collector):
    with sender.start("send", "--requests", "-") as process:
        for number in (1, 2):
            process.stdin.write(request(f"/page-{number}").encode() + b"\n")
            process.stdin.flush()
            collector.wait(number)
        output = process.communicate(timeout=30)[0].decode()
    assert process.returncode == 0
    assert {record["event"]["page"]["pathname"] for record in collector.good()} == {"/page-1", "/page-2"}
    assert "delivered" in output


def test_the_rules_leave_requests_out_and_each_line_is_in_one_row(sender, collector):
    lines = [
        request(headers={"user-agent": "GPTBot/1.2"}, event={"page": {"title": "Docs"}}),
        request(method="POST"), request(status=302), request(contentType="image/png"), request("/robots.txt", contentType=None),
        request(host="localhost"), request("/admin/x"), request(headers={"purpose": "prefetch"}), "", "{", '{"method": "GET"}',
        request(host="no host"),
    ]  # fmt: skip
    result = sender.run("send", "--requests", "-", "--exclude-paths", "/admin/*", input=lines)
    rows = result.summary
    assert (result.code, rows["delivered"], rows["refused here"]) == (1, 2, 3)
    rules = {name.removeprefix("left out: "): count for name, count in rows.items() if name.startswith("left out: ")}
    # The endpoint is on this machine, too, so localhost counts.
    assert rules == dict.fromkeys(("method", "status", "content_type", "machine_file", "path", "prefetch"), 1)
    assert rows["lines"] == rows["blank"] + sum(rules.values()) + rows["events"]
    visit = next(record["event"] for record in collector.good() if record["event"]["page"].get("title"))
    assert visit["page"]["href"] == "https://example.com/docs" and visit["request"]["userAgent"] == "GPTBot/1.2"
    assert visit["properties"] == {"status": 200}
    assert "line 11: /target: is missing" in result.errors and "line 12: /page/href" in result.errors


def test_options_about_requests_are_honored_with_a_preview_and_without(sender, collector):
    line = request(remoteAddress="10.0.0.1", headers={"x-forwarded-for": "192.0.2.7", "x-request-id": "7b44e8f1-9f54"})
    words = ["send", "--requests", "-", "--trusted-proxies", "private", "--event-id", "request"]
    shown = sender.run(*words, "--dry-run", input=[line, request(method="PUT")])
    assert (shown.code, shown.summary["left out: method"], collector.totals()["received"]) == (0, 1, 0)
    sender.run(*words, input=[line])
    [preview], [record] = shown.events, collector.good()
    assert preview["eventId"] == record["event"]["eventId"] and preview["request"]["clientIp"] == "192.0.2.7"


def test_visits_that_were_not_delivered_are_kept_as_events_and_faulty_requests_as_they_are(sender, collector, tmp_path):
    collector.mode({"status": 422, "count": 1})
    path = tmp_path / "rejected.tsv"
    result = sender.run("send", "--requests", "-", "--rejected", path, "--max-in-flight", "1", input=[request("/a"), "{", request("/b")])
    assert (result.code, result.summary["delivered"]) == (1, 1)
    rows = {number: text for number, _, _, text in rejections(path)}
    assert json.loads(rows[1])["page"]["pathname"] == "/a" and rows[2] == "{"
    again = sender.run("send", path)
    assert (again.summary["delivered"], again.summary["refused here"]) == (1, 1)


def test_a_spool_takes_requests_too(sender, collector, tmp_path):
    spool = tmp_path / "spool"
    result = sender.run("send", "--requests", "-", "--spool", spool, input=[request(), request(method="PUT")])
    assert (result.code, result.summary["in the spool"], result.summary["left out: method"]) == (0, 1, 1)
    assert sender.run("spool", "drain", spool).summary["delivered"] == 1


def test_an_event_is_not_a_request(tool):
    result = tool.run("send", "--requests", "-", "--dry-run", input=[event()])
    assert (result.code, result.summary["refused here"]) == (1, 1)
    assert "line 1: /event: found another value; expected an object" in result.errors
