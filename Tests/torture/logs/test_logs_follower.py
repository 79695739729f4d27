# SPDX-License-Identifier: Apache-2.0
"""Forty kills of a follower; `make torture-logs` has a thousand."""

import dataclasses

import pytest

from .follower import run_follower

KILLS = 40


@pytest.fixture(name="result", scope="module")
def result_fixture():
    return run_follower(KILLS)


def test_a_follower_that_is_killed_loses_no_line(result):
    assert result.complaints == [], str(result)
    assert result.lines > 500 and len(result.rotations) >= 5


def test_what_is_wrong_is_noticed(result):
    wrong = {"lost": ["p1"], "ids": result.ids + 1, "again": result.allowed + 1, "again_after_stop": 1, "codes": {2}}
    for name, value in wrong.items():
        assert dataclasses.replace(result, **{name: value}).complaints, name
