# SPDX-License-Identifier: Apache-2.0
"""Reads the scenario files, strictly: whatever is not understood is an error, since it would test nothing."""

import json
import pathlib
from dataclasses import dataclass, field
from typing import Optional

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from . import matching
from .generating import generate

FOLDER = pathlib.Path(__file__).resolve().parent / "cases"
SCHEMA = json.loads((FOLDER.parent / "scenario.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)
# The members of a scenario and of its calls that say what is expected.
EXPECTATIONS = ("events", "requests", "reports", "stats", "agent", "log", "error")


class ScenarioError(ValueError):
    """An invalid scenario; the message says where."""


@dataclass
class Scenario:
    """One scenario. README.md says what the members mean."""

    concern: str
    name: str
    calls: list
    options: Optional[dict] = None
    environment: Optional[dict] = None
    mode: list = field(default_factory=list)
    request: dict = field(default_factory=dict)
    events: Optional[list] = None
    requests: Optional[list] = None
    reports: Optional[list] = None
    stats: Optional[dict] = None

    @property
    def title(self):
        return f"{self.concern}: {self.name}"


def load():
    """Every scenario, file by file."""
    found = []
    for path in sorted(FOLDER.iterdir()):
        found += parse(path.stem, path.read_text(encoding="utf-8"))
    return found


def parse(concern, text):
    """The scenarios of one file. Raises ScenarioError."""
    try:
        values = json.loads(text, object_pairs_hook=_without_repetition)
    except ValueError as error:
        raise ScenarioError(f"{concern}: {error}") from None
    error = best_match(_VALIDATOR.iter_errors(values))
    if error:
        raise ScenarioError(f"{concern}: {error.json_path}: {error.message}")
    scenarios = [_scenario(concern, value) for value in values]
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise ScenarioError(f"{concern}: {name!r} is there twice")
    return scenarios


def _without_repetition(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(f"a member is there twice among {[name for name, _ in pairs]}")
    return members


def _scenario(concern, value):
    try:
        value = generate(value)
        for holder in [value, *value["calls"]]:
            for name in EXPECTATIONS:
                matching.check(holder.get(name))
    except ValueError as error:
        raise ScenarioError(f"{concern}: {value['name']}: {error}") from None
    return Scenario(concern, **value)
