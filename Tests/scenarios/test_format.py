# SPDX-License-Identifier: Apache-2.0
"""The reader, the matchers and the way drivers are spoken to: what is wrong is found, so that no scenario tests nothing."""

import json
import re
import sys

import pytest

from . import languages, reading
from .languages import Driver, DriverError, Language
from .generating import generate
from .matching import Context, check, differences

TRACK = {"track": {"page": {"href": "https://example.com/"}}}


def parsed(**members):
    return reading.parse("concern", json.dumps([{"name": "a b", "calls": [TRACK], **members}]))


@pytest.mark.parametrize(
    "members",
    [
        {"event": []},
        {"option": {}},
        {"calls": []},
        {"calls": [{"trak": {}}]},
        {"calls": [{**TRACK, "errors": {"code": "TPC_ERROR_CLOSED"}}]},
        {"calls": [{**TRACK, "error": {"code": "TPC_ERROR_UNHEARD_OF", "field": ""}}]},
        {"calls": [{**TRACK, "error": {"field": "/page"}}]},
        {"calls": [{**TRACK, "flush": 1}]},
        {"calls": [{"track_request": {}, "left_out": "assets"}]},
        {"calls": [{"flush": "1"}]},
        {"stats": {"deliverd": 1}},
        {"reports": [{"outcome": "abandoned"}]},
        {"requests": [{"statuses": 200}]},
        {"requests": [{}]},
        {"events": [{"eventId": {"$uuid": True}}]},
        {"events": [{"eventId": {"$uuid7": True, "other": 1}}]},
        {"name": "word"},
        {"name": "a sentence that ends with a full stop."},
    ],
    ids=str,
)
def test_a_scenario_with_a_mistake_is_an_error(members):
    with pytest.raises(reading.ScenarioError):
        parsed(**members)


def test_a_name_or_a_member_that_is_there_twice_is_an_error():
    with pytest.raises(reading.ScenarioError, match="twice"):
        reading.parse("concern", json.dumps([{"name": "a b", "calls": [TRACK]}] * 2))
    with pytest.raises(reading.ScenarioError, match="twice"):
        reading.parse("concern", '[{"name": "a b", "calls": [{"flush": 1}], "stats": {}, "stats": {}}]')


def test_a_scenario_is_read_with_its_long_values_made():
    (scenario,) = parsed(events=[{"a": {"$repeat": ["ab", 2]}, "b": {"$numbered": ["k#,", 3]}}])
    assert scenario.events == [{"a": "abab", "b": "k0,k1,k2,"}]
    assert generate({"$join": ["a", {"$repeat": ["b", 2]}]}) == "abb"
    assert generate([{"$members": ["k#", 1, 2]}]) == [{"k0": 1, "k1": 1}]


@pytest.mark.parametrize("value", [{"$repeat": "x"}, {"$repeat": ["x", "3"]}, {"$repeat": ["x", 3], "b": 1}, {"$join": [1]}])
def test_a_long_value_with_a_mistake_is_an_error(value):
    with pytest.raises(ValueError):
        generate(value)


CONTEXT = Context({"runtime": r"php/8\.\d"}, [{"body": "first"}])
PAIRS = [
    (1, 1, 2),
    (1, 1.0, True),
    ("1", "1", 1),
    (None, None, ""),
    (False, False, 0),
    ({"a": 1}, {"a": 1, "b": 2}, {"b": 2}),
    ({"a": None}, {"a": None}, {}),
    ({}, {"a": 1}, []),
    ([1, 2], [1, 2], [1, 2, 3]),
    ([], [], {}),
    ({"$exactly": {"a": 1}}, {"a": 1}, {"a": 1, "b": 2}),
    ({"a": {"$absent": True}}, {}, {"a": None}),
    ({"$any_order": [1, 2, 2]}, [2, 1, 2], [1, 1, 2]),
    ({"$each": {"a": 1}}, [{"a": 1}, {"a": 1}], [{"a": 1}, {"a": 2}]),
    ({"$each": {"a": 1}}, [{"a": 1}], []),
    ({"$length": 2}, "ab", "abc"),
    ({"$regex": "a+"}, "aa", "aab"),
    ({"$contains": "b"}, "abc", "ac"),
    ({"$lacks": "b"}, "ac", "abc"),
    ({"$between": [1, 2]}, 2, 3),
    ({"$uuid7": True}, "01a210d9-cb6d-7c81-8d82-8077e6777394", "01a210d9-cb6d-4c81-8d82-8077e6777394"),
    ({"$sdk": "runtime"}, "php/8.2", "c"),
    ({"$body_of": 0}, "first", "second"),
]


@pytest.mark.parametrize("expected, fits, fails", PAIRS, ids=[str(expected) for expected, _, _ in PAIRS])
def test_an_expectation_matches_what_it_says_and_nothing_else(expected, fits, fails):
    check(expected)
    assert differences(expected, fits, CONTEXT) == []
    assert differences(expected, fails, CONTEXT) != []


def test_a_time_is_the_present_one():
    assert differences({"$time": True}, "2001-01-01T00:00:00.000Z") != []


@pytest.mark.parametrize(
    "program, words",
    [
        ("import sys; print('a last word', file=sys.stderr); sys.exit(3)", "exit code 3; it wrote:\na last word"),
        ("print('nonsense', flush=True); input()", "with text that is not JSON"),
        ("print('{}', flush=True); input()", "with neither ok nor error"),
        ("import sys, time; print('tired', file=sys.stderr, flush=True); time.sleep(600)", "hangs in stats; it wrote:\ntired"),
    ],
)
def test_a_driver_that_dies_hangs_or_talks_nonsense_fails_with_its_output(program, words, monkeypatch):
    monkeypatch.setattr(languages, "PATIENCE_SECONDS", 2)
    driver = Driver(Language("test", None, "", ""), [sys.executable, "-c", program], "library")
    try:
        with pytest.raises(DriverError, match=re.escape(words)):
            driver.ask(call="stats")
    finally:
        driver.kill()
