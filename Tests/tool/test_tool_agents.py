# SPDX-License-Identifier: Apache-2.0
"""`tpc-events agents`: what is known, a folder of networks, and the lines for cron."""

import json
import os
import re
import shlex
import subprocess
import time

import pytest

from support.paths import ROOT

AGENTS = json.loads((ROOT / "Sources/AITables/agents.json").read_text(encoding="utf-8"))


@pytest.fixture(name="folder")
def folder_fixture(tmp_path):
    (tmp_path / "GPTBot.json").write_text('{"prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8::/32"}]}')
    (tmp_path / "anthropic.txt").write_text("198.51.100.0/24\n192.0.2.7\n")
    return tmp_path


def test_without_a_folder_every_agent_of_the_table_is_listed(tool):
    result = tool.run("agents")
    expected = [[row["name"], row["operator"], row["purpose"], row.get("networks", "-")] for row in AGENTS]
    assert (result.code, [line.split("\t") for line in result.lines]) == (0, expected)


def test_agents_of_a_file_are_listed_first(tool, tmp_path):
    file = tmp_path / "more.json"
    file.write_text('[{"name":"AcmeBot","operator":"Acme","purpose":"user"}]')
    assert tool.run("agents", "--ai-agents-file", str(file)).lines[0] == "AcmeBot\tAcme\tuser\t-"


def test_a_folder_is_checked_file_by_file(tool, folder):
    days = time.time() - 3 * 86_400 - 60
    os.utime(folder / "GPTBot.json", (days, days))
    result = tool.run("agents", "--ai-ranges-dir", str(folder))
    assert (result.code, sorted(result.lines)) == (0, ["GPTBot\t2\t3\tok", "anthropic\t2\t0\tok"])


def test_old_files_and_names_that_nobody_has_are_told(tool, folder):
    os.utime(folder / "GPTBot.json", (0, 0))
    (folder / "gptbots.txt").write_text("192.0.2.0/24")
    result = tool.run("agents", "--ai-ranges-dir", str(folder))
    verdicts = {line.split("\t")[0]: line.split("\t")[-1] for line in result.lines}
    assert (result.code, verdicts) == (1, {"GPTBot": "old", "gptbots": "unknown", "anthropic": "ok"})


def test_an_address_is_looked_up_for_every_agent_with_a_list(tool, folder):
    result = tool.run("agents", "--ai-ranges-dir", str(folder), "192.0.2.7")
    found = {line.split("\t")[0]: line.split("\t")[1:] for line in result.lines}
    assert result.code == 0
    assert found["GPTBot"] == ["OpenAI", "true"] and found["ClaudeBot"] == ["Anthropic", "true"] and "CCBot" not in found
    found = tool.run("agents", "2001:db8::1", TPC_AI_RANGES_DIR=str(folder)).lines
    assert "GPTBot\tOpenAI\ttrue" in found and "ClaudeBot\tAnthropic\tfalse" in found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["192.0.2.7"], "agents needs --ai-ranges-dir with the folder of the lists"),
        (["--cron"], "agents needs --ai-ranges-dir with the folder of the lists"),
        (["--ai-ranges-dir", "/x", "nobody"], "agents takes an IPv4 or IPv6 address"),
        (["--ai-ranges-dir", "/x", "1.2.3.4", "1.2.3.4"], "agents takes one address"),
        (["--ai-ranges-dir", "/none/of/these"], "ai_ranges_dir: the file: expected a folder that this process can read"),
        (["--cron", "--ai-ranges-dir", "relative"], "agents --cron needs a folder that begins with /"),
        (["--cron", "--ai-ranges-dir", "/a%b"], "agents --cron needs a folder that begins with /"),
        (["--cron", "--ai-ranges-dir", "/a'b"], "agents --cron needs a folder that begins with /"),
    ],
)
def test_what_it_cannot_do_is_told(tool, arguments, message):
    result = tool.run("agents", *arguments)
    assert (result.code, result.output) == (2, "") and message in result.errors


def test_a_file_that_is_wrong_is_told_with_its_line(tool, folder):
    (folder / "CCBot.txt").write_text("192.0.2.0/24\n<html>")
    result = tool.run("agents", "--ai-ranges-dir", str(folder))
    assert result.code == 2 and "the file CCBot.txt, line 2: expected a network" in result.errors


def test_the_lines_for_cron_fetch_each_list_beside_the_old_one_and_rename_it(tool, tmp_path):
    """Runs them with a curl that writes what it is asked for, except from one host, where it fails halfway."""
    target = tmp_path / "the lists"
    target.mkdir()
    result = tool.run("agents", "--cron", "--ai-ranges-dir", str(target))
    published = [row for row in AGENTS if "networks" in row]
    assert result.code == 0 and len(result.lines) == len(published)
    curl = tmp_path / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(
        '#!/bin/sh\nwhile [ $# -gt 1 ]; do [ "$1" = -o ] && out=$2; shift; done\n'
        'case "$1" in *claude.com*) printf half > "$out"; exit 22;; esac\nprintf "192.0.2.0/24 # %s" "$1" > "$out"\n'
    )
    curl.chmod(0o755)
    for line, row in zip(result.lines, published):
        minute, hour, rest = re.fullmatch(r"(\d+) (\d+) \* \* \* (.*)", line).groups()
        assert int(minute) < 60 and int(hour) < 24 and "%" not in rest and shlex.split(rest)[-1] == f"{target}/{row['name']}.json"
        subprocess.run(["sh", "-c", rest], env={"PATH": f"{curl.parent}:{os.environ['PATH']}"}, check=False)
    for row in published:
        file = target / f"{row['name']}.json"
        if "claude.com" in row["networks"]:
            assert not file.exists()
        else:
            assert file.read_text() == f"192.0.2.0/24 # {row['networks']}"
    checked = tool.run("agents", "--ai-ranges-dir", str(target))
    assert (checked.code, {line.split("\t")[-1] for line in checked.lines}) == (0, {"ok"})
