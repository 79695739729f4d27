# SPDX-License-Identifier: Apache-2.0
"""The values of the module TPC: none shows a secret, none traps, and what is set arrives."""

import itertools
import json

from library.abi.option_table import OPTIONS
from scenarios import reading
from support.library import shared


def test_nothing_that_holds_a_secret_shows_it(run):
    printed = run("printing")
    # The secrets begin with this word; bytes are searched for, too.
    assert "hunter2" not in printed and "<redacted>" in printed
    assert ", ".join(str(byte) for byte in b"hunter2") not in printed


def test_every_option_is_set_and_read_back_and_named_in_print(run):
    printed = run("options")
    assert [option.name for option in OPTIONS if f"{option.name}: " not in printed] == []


def test_every_choice_is_one_that_the_option_takes(run):
    lines = run("choices").splitlines()
    choices = [choice for line in lines[:5] for choice in line.strip("[]").split("] [")]
    given = {frozenset(json.loads(f"[{choice}]")) for choice in choices}
    assert given == {frozenset(option.kind.split("|")) for option in OPTIONS if option.is_choice}


def test_the_rules_and_the_headers_are_the_cores(run):
    rules, headers = (line.partition(": ")[2].split() for line in run("choices").splitlines()[5:])
    assert set(rules) == set(reading.SCHEMA["$defs"]["track_request"]["properties"]["left_out"]["enum"])
    assert set(headers) == header_names()


def header_names():
    """Those that the C interface lists."""
    names = (shared().tpc_request_header(index) for index in itertools.count())
    return {name.decode() for name in itertools.takewhile(lambda name: name is not None, names)}


def test_an_error_says_which_field_and_what_is_accepted(run):
    run("errors")


def test_what_is_codable_is_read_back_and_arrives_as_its_json_says(run, collector):
    written = [json.loads(line) for line in run("codable").splitlines()]
    sent = sorted((record["event"] for record in collector.good()), key=lambda event: "sdk" in event and event["sdk"]["name"] != "n")
    full, nulls = sent
    assert full == written[0]
    assert nulls["sessionId"] is nulls["anonymousId"] is nulls["page"]["title"] is nulls["page"]["canonicalUrl"] is None
    assert nulls["request"] == written[1]["request"] == dict.fromkeys(["referrer", "userAgent", "clientIp", "method"])


def test_every_date_arrives_or_is_refused(run, collector):
    texts = run("dates").split()
    assert sorted(record["event"]["occurredAt"] for record in collector.good()) == sorted(texts)


def test_every_duration_is_rounded_up_or_refused_by_name(run):
    run("durations")


def test_a_request_of_any_texts_traps_nothing_and_the_contract_takes_what_is_sent(run, collector):
    run("requests")
    totals = collector.totals()
    assert totals["good"] > 200 and totals["bad"] == 0


def test_a_configuration_that_is_not_enabled_accepts_everything(run, collector):
    run("disabled")
    assert collector.totals()["received"] == 0


def test_agents_and_answers_are_found_by_their_texts(run):
    run("agents")
