# SPDX-License-Identifier: Apache-2.0
"""Compares what a scenario expects with what was found.

An object is expected in part: members that are not named may be there. Lists are expected whole. An object whose one
member begins with "$" is a matcher; README.md lists them.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

ABSENT = object()
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Context:
    """What matchers may refer to: what the driver says about its `sdk`, and the requests at the collector."""

    sdk: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)


def differences(expected, found, context=None, place=""):
    """What is not as expected, one sentence each; empty when all is well."""
    context = context or Context()
    if is_matcher(expected):
        ((name, argument),) = expected.items()
        return _MATCHERS[name](argument, found, context, place)
    if found is ABSENT:
        return [f"{place}: is absent; expected {_shown(expected)}"]
    if isinstance(expected, dict):
        return _object(expected, found, context, place)
    if isinstance(expected, list):
        return _list(expected, found, context, place)
    # true equals 1 in Python, and nowhere else.
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return [] if same else [f"{place}: found {_shown(found)}; expected {_shown(expected)}"]


def is_matcher(expected):
    return isinstance(expected, dict) and len(expected) == 1 and next(iter(expected)).startswith("$")


def check(expected):
    """Raises ValueError when there is a matcher in it that does not exist."""
    if isinstance(expected, list):
        for item in expected:
            check(item)
    elif isinstance(expected, dict):
        for name, item in expected.items():
            if name.startswith("$") and (len(expected) > 1 or name not in _MATCHERS):
                raise ValueError(f"{name}: is not a matcher; there are {', '.join(_MATCHERS)}")
            check(item)


def _object(expected, found, context, place):
    if not isinstance(found, dict):
        return [f"{place}: found {_shown(found)}; expected an object"]
    problems = []
    for name, value in expected.items():
        problems += differences(value, found.get(name, ABSENT), context, f"{place}/{name}")
    return problems


def _list(expected, found, context, place):
    if not isinstance(found, list):
        return [f"{place}: found {_shown(found)}; expected a list"]
    problems = []
    if len(expected) != len(found):
        problems.append(f"{place}: found {len(found)} entries; expected {len(expected)}: {_shown(found)}")
    for index, (left, right) in enumerate(zip(expected, found)):
        problems += differences(left, right, context, f"{place}/{index}")
    return problems


def _shown(value):
    text = "nothing" if value is ABSENT else repr(value)
    return text if len(text) <= 300 else text[:300] + "…"


def _by(test, words):
    """A matcher from a test of its argument, what was found and the context."""

    def matcher(argument, found, context, place):
        if found is not ABSENT and test(argument, found, context):
            return []
        return [f"{place}: found {_shown(found)}; expected {words} {_shown(argument)}"]

    return matcher


def _absent(argument, found, context, place):
    return [] if (found is ABSENT) == argument else [f"{place}: found {_shown(found)}; expected $absent {argument}"]


def _exactly(argument, found, context, place):
    more = sorted(set(found) - set(argument)) if isinstance(found, dict) else []
    problems = [f"{place}/{name}: is not expected" for name in more]
    return problems + differences(argument, found, context, place)


def _any_order(argument, found, context, place):
    """Each that is expected takes the first one left that matches."""
    if not isinstance(found, list) or len(found) != len(argument):
        return _list(argument, found, context, place)
    left = list(found)
    for item in argument:
        fitting = [index for index, candidate in enumerate(left) if not differences(item, candidate, context)]
        if not fitting:
            return [f"{place}: expected {_shown(item)} among {_shown(left)}"]
        del left[fitting[0]]
    return []


def _each(argument, found, context, place):
    if not isinstance(found, list) or not found:
        return [f"{place}: found {_shown(found)}; expected at least one entry"]
    return [problem for index, item in enumerate(found) for problem in differences(argument, item, context, f"{place}/{index}")]


def _is_time(argument, found, context):
    if not isinstance(found, str) or not TIME.fullmatch(found):
        return False
    # Filled in now, on this machine's clock: another day would be a wrong clock or epoch.
    then = datetime.fromisoformat(found.replace("Z", "+00:00"))
    return abs((datetime.now(then.tzinfo) - then).total_seconds()) < 600


_MATCHERS = {
    "$absent": _absent,
    "$exactly": _exactly,
    "$any_order": _any_order,
    "$each": _each,
    "$uuid7": _by(lambda _, found, __: isinstance(found, str) and bool(UUID7.fullmatch(found)), "a UUIDv7"),
    "$time": _by(_is_time, "the present time as a date-time"),
    "$regex": _by(lambda text, found, _: isinstance(found, str) and bool(re.fullmatch(text, found, re.S)), "all of it as"),
    "$contains": _by(lambda text, found, _: isinstance(found, str) and text in found, "a text with"),
    "$lacks": _by(lambda text, found, _: isinstance(found, str) and text not in found, "a text without"),
    "$length": _by(lambda count, found, _: isinstance(found, (str, dict, list)) and len(found) == count, "a length of"),
    "$between": _by(lambda ends, found, _: type(found) is int and ends[0] <= found <= ends[1], "a number between"),
    "$sdk": _by(lambda name, found, context: isinstance(found, str) and bool(re.fullmatch(context.sdk[name], found)),
                "the language's sdk"),
    "$body_of": _by(lambda index, found, context: found == context.requests[index]["body"], "the bytes of request"),
}  # fmt: skip
