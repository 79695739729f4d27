# SPDX-License-Identifier: Apache-2.0
"""tpc-events send --href: one event and its report."""

import json

import pytest

from support.servers.fault_server import FaultServer, Reply
from tool.command import event


def rows(result):
    """The report's rows by name."""
    return {line[:14].strip(): line[14:] for line in result.lines}


def sent(collector):
    return collector.good()[-1]["event"]


def test_a_delivered_event_is_reported_with_id_status_and_time(sender, collector):
    result = sender.run("send", "--href", "https://example.com/pricing?a=1")
    assert (result.code, result.errors) == (0, "")
    report, event = rows(result), sent(collector)
    assert report["outcome"] == "delivered"
    assert report["HTTP status"] == "200"
    assert report["event id"] == event["eventId"]
    assert report["received at"].endswith("Z")
    assert event["page"] == {"href": "https://example.com/pricing?a=1", "domain": "example.com", "pathname": "/pricing"}
    assert event["sdk"]["runtime"] == "tpc-events"


def test_every_field_has_a_flag(sender, collector):
    result = sender.run(
        "send", "--href", "https://example.com/", "--title", "Ünïcode", "--user-agent", "GPTBot/1.2", "--referrer", "https://chatgpt.com/",
        "--canonical-url", "https://example.com/c", "--session-id", "s", "--anonymous-id", "a", "--method", "GET",
        "--event-id", "e-1", "--occurred-at", "2026-01-31T12:00:00+01:00", "--client-ip", "192.0.2.77",
    )  # fmt: skip
    assert result.code == 0
    event = sent(collector)
    assert event["page"]["title"] == "Ünïcode"
    assert event["page"]["canonicalUrl"] == "https://example.com/c"
    assert event["request"] == {
        "referrer": "https://chatgpt.com/", "userAgent": "GPTBot/1.2", "clientIp": "192.0.2.77", "method": "GET",
    }  # fmt: skip
    assert (event["sessionId"], event["anonymousId"], event["eventId"]) == ("s", "a", "e-1")
    assert event["occurredAt"] == "2026-01-31T12:00:00+01:00"


def test_client_ip_is_an_address_or_the_option_of_that_name(sender, collector):
    assert sender.run("send", "--href", "https://example.com/", "--client-ip", "192.0.2.77", "--client-ip", "truncate").code == 0
    assert sent(collector)["request"]["clientIp"] == "192.0.2.0"


@pytest.mark.parametrize(
    "text, value",
    [
        ("200", 200), ("-1", -1), ("0", 0), ("1.5", 1.5), ("1e3", 1000), ("9223372036854775807", 9223372036854775807),
        ("true", True), ("false", False), ("null", None), ("", ""), ("hello", "hello"), ("01", "01"), ("1.", "1."),
        ("+1", "+1"), ("0x10", "0x10"), ("True", "True"), ("a=b", "a=b"), ("1e", "1e"), ("-", "-"), ("NaN", "NaN"),
    ],
)  # fmt: skip
def test_a_property_is_a_number_a_boolean_null_or_else_a_text(sender, collector, text, value):
    assert sender.run("send", "--href", "https://example.com/", "--property", f"key={text}").code == 0
    found = sent(collector)["properties"]["key"]
    assert (found, type(found) is bool) == (value, type(value) is bool)


@pytest.mark.parametrize(
    "flags, words",
    [
        (["--href", "no url"], "/page/href: found"),
        (["--href", "https://example.com/", "--occurred-at", "now"], "/occurredAt: found"),
        (["--href", "https://example.com/", "--property", "n=1e999"], "/properties/n: found a number that is not finite"),
        (["--href", "https://example.com/", "--title", "x" * 40000], "max_event_bytes"),
    ],
)
def test_a_refused_event_is_not_sent_and_ends_with_1(sender, collector, flags, words):
    result = sender.run("send", *flags)
    assert result.code == 1
    assert words in result.errors
    assert collector.totals()["received"] == 0


def test_a_rejected_event_shows_the_server_s_words_and_ends_with_1(sender, collector):
    collector.mode({"status": 422, "count": 1})
    result = sender.run("send", "--href", "https://example.com/")
    report = rows(result)
    assert result.code == 1
    assert (report["outcome"], report["HTTP status"], report["code"]) == ("rejected", "422", "unprocessable_entity")


@pytest.mark.parametrize("status, words", [(401, "does not accept the credential"), (403, "may not send"), (404, "base_url")])
def test_a_wrong_configuration_is_reported_after_one_request(sender, collector, status, words):
    collector.mode({"status": status})
    # Long enough that waiting it out would be a failure of the test itself.
    result = sender.run("send", "--href", "https://example.com/", "--timeout", "100000")
    assert result.code == 3
    assert rows(result)["HTTP status"] == str(status)
    assert words in result.errors
    for setting in ("the key", "analytics:write", "organization", "product", "base_url"):
        assert setting in result.errors
    assert collector.totals()["received"] == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_the_server_s_own_words_about_a_wrong_configuration_are_shown(tool, status):
    answer = {"code": "NO_SCOPE", "message": "the api key lacks\u001b[31m a scope", "details": {"scope": "analytics:write"}}
    with FaultServer([Reply(status, body=json.dumps(answer).encode())]) as server:
        variables = {"TPC_API_KEY": "key-of-the-test", "TPC_BASE_URL": server.url}
        result = tool.run("send", "--href", "https://example.com/", **variables)
    report = rows(result)
    shown = "the api key lacks\\u001B[31m a scope"
    assert (report["code"], report["message"]) == ("NO_SCOPE", shown)
    assert report["details"] == '{"scope":"analytics:write"}'
    # The log has them, too, and in one line.
    assert f"the endpoint answers HTTP {status} (NO_SCOPE: {shown}): check" in result.errors


def test_an_answer_that_repeats_the_key_is_not_shown(tool):
    for repeated in ("key-of-the-test", "key-of-th****"):
        answer = {"code": "BAD_KEY", "message": f"no such key: {repeated}"}
        with FaultServer([Reply(401, body=json.dumps(answer).encode())]) as server:
            variables = {"TPC_API_KEY": "key-of-the-test", "TPC_BASE_URL": server.url}
            result = tool.run("send", "--href", "https://example.com/", **variables)
        assert "key-of" not in result.output + result.errors
        assert "not shown, since it contains the credential" in rows(result)["message"]


def test_a_variable_that_nobody_reads_is_logged_once_with_the_nearest_name(tool):
    variables = {
        "TPC_API_KEY": "key-of-the-test", "TPC_DRY_RUN": "true", "TPC_LIBRARY": "/nonexistent", "TPC_EMPTY": "",
        "TPC_TRUSTED_PROXY": "Zq7Marker", "TPC_UNLIKE_ANYTHING": "Zq7Marker", "THE_PROMPTING_COMPANY_LOGS": "Zq7Marker",
    }  # fmt: skip
    result = tool.run("send", "--href", "https://example.com/", **variables)
    assert result.code == 0
    assert sorted(result.errors.splitlines()) == [
        "tpc: warn: the variable THE_PROMPTING_COMPANY_LOGS is not read",
        "tpc: warn: the variable TPC_TRUSTED_PROXY is not read; did you mean TPC_TRUSTED_PROXIES?",
        "tpc: warn: the variable TPC_UNLIKE_ANYTHING is not read",
    ]
    assert tool.run("send", "--href", "https://example.com/", **variables, TPC_LOG_LEVEL="error").errors == ""


def test_the_nearest_variable_has_the_prefix_of_the_one_that_nobody_reads(tool):
    result = tool.run(
        "send", "--href", "https://example.com/", "--dry-run", TPC_LOGLEVEL="Zq7Marker", THE_PROMPTING_COMPANY_LOGG="a"
    )
    assert (result.code, len(result.events)) == (0, 1)
    assert sorted(result.errors.splitlines()) == [
        "tpc: warn: the variable THE_PROMPTING_COMPANY_LOGG is not read",
        "tpc: warn: the variable TPC_LOGLEVEL is not read; did you mean TPC_LOG_LEVEL?",
    ]


@pytest.mark.parametrize("what", [["--href", "https://example.com/"], ["-"]])
def test_dry_run_reports_what_no_client_could_be_made_with(what, tool):
    result = tool.run("send", *what, "--dry-run", input=[], TPC_BASE_URL="http://example.com")
    assert result.code == 2 and "found http to another machine" in result.errors


def test_a_variable_that_nobody_reads_is_logged_when_the_key_is_missing(tool):
    result = tool.run("send", "--href", "https://example.com/", TPC_APIKEY="key-of-the-test")
    assert result.errors.startswith("tpc: warn: the variable TPC_APIKEY is not read; did you mean TPC_API_KEY?\n")
    assert "no credential is set" in result.errors and "key-of" not in result.errors


def test_no_variable_is_logged_where_no_client_is_made(tool):
    assert tool.run("check", "-", input=event(), TPC_TRUSTED_PROXY="private").errors == ""


def test_an_outage_is_waited_out(sender, collector):
    collector.mode({"status": 503, "count": 2})
    result = sender.run("send", "--href", "https://example.com/", "--retry-initial-ms", "1")
    assert (result.code, rows(result)["requests"]) == (0, "3")


def test_an_event_that_is_not_delivered_in_time_ends_with_3(sender, collector):
    collector.mode({"status": 503})
    result = sender.run("send", "--href", "https://example.com/", "--timeout", "3")
    assert (result.code, rows(result)["outcome"], rows(result)["HTTP status"]) == (3, "not delivered", "503")


def test_a_missing_answer_is_reported(sender):
    result = sender.run("send", "--href", "https://example.com/", "--base-url", "http://127.0.0.1:1", "--timeout", "1")
    assert (result.code, rows(result)["HTTP status"]) == (3, "none")
    assert "no answer came from the endpoint" in result.errors


def test_dry_run_prints_what_would_be_sent_and_needs_no_credential(tool):
    result = tool.run("send", "--href", "https://example.com/?token=secret&a=1", "--dry-run")
    assert result.code == 0
    [event] = result.events
    assert event["page"]["href"] == "https://example.com/?token=REDACTED&a=1"
    assert event["page"]["domain"] == "example.com"


def test_disabled_sending_says_that_nothing_was_sent(sender, collector):
    result = sender.run("send", "--href", "https://example.com/", "--enabled=false")
    assert result.code == 0
    assert "nothing was sent" in result.output
    assert collector.totals()["received"] == 0


def test_a_credential_is_never_printed(sender, collector):
    for modes in ({"status": 401}, {"status": 422}, {"status": 503}):
        collector.mode(modes)
        result = sender.run("send", "--href", "https://example.com/", "--timeout", "1", "--log-level", "debug")
        assert "key-of-the-test" not in result.output + result.errors
