"""The page about logs in JSON: its formats, names and samples are the tool's."""

import itertools
import json
import re
import subprocess

import pytest

import pages

PAGE = pages.PAGES["docs/json-logs.md"]
# Each field map or template, and the line that it reads.
SAMPLES = [(first, second) for first, second in itertools.pairwise(PAGE.blocks()) if second.kind == "logline"]


def refused(surroundings, literal):
    """What the tool says about a format that it does not take."""
    command = ["tpc-events", "replay", "-", "--dry-run", "--format", literal]
    return subprocess.run(command, input="{}\n", capture_output=True, text=True, env=surroundings, timeout=60).stderr


@pytest.mark.parametrize("literal, line", SAMPLES, ids=str)
def test_each_map_and_template_reads_the_line_after_it(literal, line, surroundings):
    command = ["tpc-events", "replay", "-", "--dry-run", "--format", literal.text]
    done = subprocess.run(command, input=line.text, capture_output=True, text=True, env=surroundings, timeout=60)
    assert done.returncode == 0, done.stderr
    (visit,) = map(json.loads, done.stdout.splitlines())
    assert visit["page"]["href"] == "https://example.com/pricing"
    assert visit["request"] == {"userAgent": "GPTBot/1.2", "clientIp": "192.0.2.1", "method": "GET"}
    assert visit["properties"] == {"status": 200, "bytes": 5120}


def test_the_samples_are_of_a_map_and_of_a_template():
    assert [literal.kind for literal, _ in SAMPLES] == ["fieldmap", "logformat"]
    assert len(pages.blocks("logline")) == len(SAMPLES)


def test_the_formats_are_those_that_the_tool_names(surroundings):
    named = re.search(r"expected auto, (.*), a log_format", refused(surroundings, "none"))[1].split(", ")
    listed = [name for name, _, _ in PAGE.table("format")]
    assert listed == [name for name in named if name in listed] == named[named.index("nginx-json") :]


def test_the_names_of_a_map_are_those_that_the_tool_takes(surroundings):
    taken = re.search(r"accepted are (.*?);", refused(surroundings, '{"none":"a"}'))[1].replace(" and ", ", ").split(", ")
    listed = [name for cell, _ in PAGE.table("name") for name in re.findall(r"\w+", cell)]
    assert sorted(listed) == sorted(taken)
