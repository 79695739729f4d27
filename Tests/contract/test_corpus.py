# SPDX-License-Identifier: Apache-2.0
"""The corpus of Tests/contract/corpus holds for the tool and for the library, and for the contract's schema as a second opinion."""

import base64
import json
import pathlib
import subprocess
import sys

import pytest
import verdicts

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
CONCERNS = ("date-times", "uris", "json", "utf-8", "members")


@pytest.fixture(params=CONCERNS)
def corpus(request):
    """Lines of (name, candidate, verdict)."""
    lines = map(json.loads, (CORPUS / f"{request.param}.jsonl").read_text().splitlines())
    return [
        (line["name"], base64.b64decode(line["base64"]), None if line["valid"] else line["pointer"]) for line in lines
    ]


def disagreements(corpus, found):
    return [
        (name, candidate[:200], expected, verdict)
        for (name, candidate, expected), verdict in zip(corpus, found)
        if verdict != expected
    ]


def test_the_files_are_what_the_rules_make():
    subprocess.run([sys.executable, "-B", CORPUS / "generate.py", "--check"], check=True, timeout=120)


def test_every_concern_is_tested():
    assert sorted(path.stem for path in CORPUS.glob("*.jsonl")) == sorted(CONCERNS)


def test_the_tool_agrees(corpus, tool):
    assert disagreements(corpus, tool.verdicts([candidate for _, candidate, _ in corpus])) == []


def test_the_library_agrees(corpus, library):
    cut = [(name, candidate, verdicts.cut(expected)) for name, candidate, expected in corpus]
    assert disagreements(cut, [library.verdict(candidate) for _, candidate, _ in cut]) == []


def test_the_contracts_schema_agrees(corpus):
    assert disagreements(corpus, [verdicts.contract(candidate) for _, candidate, _ in corpus]) == []


def test_an_event_that_is_read_and_written_says_the_same(corpus, library):
    changed = []
    for name, candidate, expected in corpus:
        if expected is None:
            _, written = library.read(candidate)
            if verdicts.values(written) != verdicts.values(candidate):
                changed.append((name, candidate[:200], written[:200]))
    assert changed == []
