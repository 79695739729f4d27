"""Every block of the documents is run, or is checked as its mark says."""

import json
import re

import pytest

import pages
from support import header, paths, swift_programs
from support.objects import Client

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")

# The program around a fragment of C: a client with reports, whose first event is delivered.
AROUND = """
#include <stdio.h>
#include <tpc.h>

int main(void) {{
    tpc_error error;
    tpc_client *client;
    tpc_event *visit = tpc_event_new();
    if (tpc_client_new(NULL, &client, &error) != TPC_OK ||
        tpc_event_set(visit, TPC_FIELD_PAGE_HREF, "https://example.com/first", TPC_NTS, &error) != TPC_OK ||
        tpc_client_track(client, visit, &error) != TPC_OK || tpc_client_flush(client, 20000, NULL) != TPC_OK)
        return 1;
    {{
{fragment}
    }}
    if (tpc_client_track(client, visit, &error) != TPC_OK) return 2;
    tpc_event_free(visit);
    return tpc_client_close(client, 20000, NULL) != TPC_OK;
}}
"""

def test_every_block_says_how_it_is_tested():
    assert [str(block) for block in pages.blocks() if block.kind not in pages.KINDS] == []
    assert {block.kind for block in pages.blocks()} == set(pages.KINDS)
    assert sum(len(pages.MARK.findall(page.text)) for page in pages.PAGES.values()) == len(pages.blocks())


@pytest.mark.parametrize("block", pages.blocks("run"), ids=str)
def test_the_commands_work_one_after_another_and_send_what_is_valid(block, run, sending, workplace, collector):
    collector.reset()
    # The reader's key is the one that the block exports.
    environment = {name: value for name, value in sending.items() if name != "TPC_API_KEY"}
    run("bash", "-euxo", "pipefail", "-c", block.text, cwd=workplace, env=environment)
    totals = collector.totals()
    assert totals["good"] > 0 and totals["bad"] == 0


def test_replaying_sends_each_line_of_both_logs(run, sending, workplace, collector):
    block = next(block for block in pages.blocks("run") if "'access.log*'" in block.text)
    collector.reset()
    run("bash", "-euxo", "pipefail", "-c", block.text, cwd=workplace, env=sending)
    visited = {record["event"]["page"]["href"] for record in collector.good()}
    assert visited == {"https://example.com/pricing"} | {f"https://example.com/page-{number}" for number in (1, 2, 3)}


@pytest.mark.parametrize("block", pages.blocks("program"), ids=str)
def test_the_program_compiles_without_a_warning_and_delivers_its_visit(block, run, sending, tmp_path, collector):
    collector.reset()
    execute(block.text, run, sending, tmp_path)
    (record,) = collector.good()
    assert record["event"]["page"]["href"] == "https://example.com/pricing"


def test_the_program_says_why_it_cannot_start(run, surroundings, tmp_path):
    (block,) = pages.blocks("program")
    done = execute(block.text, run, surroundings, tmp_path, check=False)
    assert done.returncode == 1 and done.stderr.startswith("api_key: no credential is set")


def test_the_program_is_the_ten_lines_it_is_said_to_be():
    (block,) = pages.blocks("program")
    body = block.text[block.text.index("{\n") + 2 : block.text.rindex("}")]
    assert len(body.splitlines()) <= 10


@pytest.mark.parametrize("block", pages.blocks("fragment"), ids=str)
def test_a_fragment_compiles_without_a_warning_and_does_what_the_text_says(block, run, sending, tmp_path, collector):
    collector.reset()
    environment = {**sending, "TPC_REPORT_CAPACITY": "10"}
    output = execute(AROUND.format(fragment=block.text), run, environment, tmp_path).stdout
    first, last = (record["event"] for record in collector.good())
    if "tpc_uri_encode" in block.text:
        assert last["page"]["href"] == "https://example.com/a%20b"
    elif "tpc_log_take" in block.text:
        # Nothing has gone wrong.
        assert output == ""
    elif "tpc_client_event_to_json" in block.text:
        assert json.loads(output)["page"] == first["page"]
    else:
        assert output == f"delivered 1 of 1\n{first['eventId']}: HTTP 200\n"


def execute(text, run, environment, folder, check=True):
    """Compiles a C program as strictly as compilers can, and runs it."""
    (folder / "program.c").write_text(text, encoding="utf-8")
    flags = run("pkg-config", "--cflags", "--libs", "tpc", env=environment).stdout.split()
    run("cc", *STRICT, "-o", folder / "program", folder / "program.c", *flags, env=environment)
    return run(folder / "program", env=environment, check=check)


@pytest.mark.parametrize("block", pages.blocks("swift"), ids=str)
def test_the_swift_program_compiles_and_delivers_its_visit(block, run, sending, collector, tmp_path):
    collector.reset()
    source = tmp_path / "Sources" / "site" / "main.swift"
    source.parent.mkdir(parents=True)
    manifest = pages.blocks("manifest")[0].text.replace('path: "../libtpc"', f'path: "{paths.ROOT}"')
    (tmp_path / "Package.swift").write_text(manifest, encoding="utf-8")
    source.write_text(block.text, encoding="utf-8")
    # Together they are what a reader writes before a first visit.
    assert len(block.text.splitlines()) <= 5 and manifest.count("libtpc") == 2
    run(swift_programs.built(tmp_path, "site"), env=sending)
    (record,) = collector.good()
    event = record["event"]
    assert event["page"]["href"] == "https://example.com/pricing" and event["request"]["userAgent"] == "GPTBot/1.2"
    assert event["sdk"]["runtime"] == "swift"


@pytest.mark.parametrize("block", pages.blocks("agents"), ids=str)
def test_the_agents_are_taken_and_their_visits_sent(block, tmp_path):
    file = tmp_path / "agents.json"
    file.write_text(block.text, encoding="utf-8")
    with Client(dry_run=True, only_ai_agents=True, ai_agents_file=str(file)) as client:
        for agent in json.loads(block.text):
            client.track_json(json.dumps({"event": "page_visit", "page": {"href": "x:y"}, "request": {"userAgent": agent["name"]}}))
        assert client.statistics()["accepted"] == len(json.loads(block.text))


@pytest.mark.parametrize("block", pages.blocks("cron"), ids=str)
def test_the_line_for_cron_is_the_tools_first(block, run):
    printed = run(paths.BUILD / "bin/tpc-events", "agents", "--cron", "--ai-ranges-dir", "/var/lib/tpc/agents").stdout
    assert block.text.strip() == printed.splitlines()[0]


@pytest.mark.parametrize("block", pages.blocks("event"), ids=str)
def test_the_event_is_valid_to_the_tool_and_to_the_collector(block, run, sending, workplace, collector):
    event = json.loads(block.text)
    assert run("tpc-events", "check", "events.jsonl", cwd=workplace, env=sending).stdout == "valid\n"
    collector.reset()
    run("tpc-events", "send", "events.jsonl", cwd=workplace, env=sending)
    (record,) = collector.good()
    # Nothing is missing: it is shown as it is sent.
    assert record["event"] == event


def test_the_version_is_the_librarys(sending):
    macros = [header.MACROS[f"TPC_VERSION_{part}"] for part in ("MAJOR", "MINOR", "PATCH")]
    (event,) = (json.loads(block.text) for block in pages.blocks("event"))
    assert event["sdk"]["version"] == ".".join(macros)
    assert versions() == {".".join(macros)}


def versions():
    """The versions that the documents name: the library's in its User-Agent, and the packages' in their files' names."""
    shown = r"libtpc/(\d[\d.]*\d)|tpc[-_]events-(\d[\d.]*\d)"
    return {"".join(found) for page in pages.PAGES.values() for found in re.findall(shown, page.text)}
