# SPDX-License-Identifier: Apache-2.0
"""The files of lines that did not go through, and how a run that ended early goes on."""

import json
import os
import re
import shlex
import subprocess

import pytest

from tool.command import event
from tool.logs import combined
from tool.test_tool_send_file import balanced, rejections
from tool.test_tool_terminal import run_in_shell


def row(number=1, text="{"):
    return f"{number}\t\tfound its end at byte 1; expected a name\t{text}\n"


# ---- What is a user's stays


@pytest.mark.parametrize(
    "words, environment",
    [
        (["send", "EVENTS"], {}),
        (["send", "EVENTS", "--base-url", "ftp://example.com"], {"TPC_API_KEY": "k"}),
        (["send", "EVENTS", "--timeout", "soon"], {"TPC_API_KEY": "k"}),
        (["send", "/nonexistent", "--dry-run"], {}),
        (["send", "/", "--dry-run"], {}),
        (["replay", "EVENTS", "--dry-run", "--site", "ftp://example.com"], {}),
        (["spool", "drain", "/nonexistent"], {"TPC_API_KEY": "k"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_earlier_file_stays_until_everything_is_known_to_be_right(tool, tmp_path, words, environment):
    events, rejected = tmp_path / "events.jsonl", tmp_path / "rejected.tsv"
    events.write_text(event() + "\n")
    rejected.write_text(row())
    result = tool.run(*[events if word == "EVENTS" else word for word in words], "--rejected", rejected, **environment)
    assert (result.code, rejected.read_text()) == (2, row())


@pytest.mark.parametrize("flag", ["--rejected", "--unreadable"])
@pytest.mark.parametrize("content", ["old\n", combined() + "\n", event() + "\n", "1 2 3\n", "\n", "12"])
def test_a_file_with_other_contents_is_refused(tool, tmp_path, flag, content):
    path = tmp_path / "access.log"
    path.write_text(content)
    result = tool.run("replay", "-", "--site", "https://example.com", "--format", "combined", "--dry-run", flag, path)
    assert (result.code, path.read_text()) == (2, content)
    assert f"{flag}: found a file with other contents; expected a new one" in result.errors


def test_the_file_of_an_earlier_run_is_replaced(tool, tmp_path):
    path = tmp_path / "rejected.tsv"
    path.write_text(row() * 3)
    tool.run("send", "-", "--dry-run", "--rejected", path, input=["[1]"])
    assert [number for number, *_ in rejections(path)] == [1]
    assert tool.run("send", "-", "--dry-run", "--rejected", path, input=[event()]).code == 0
    assert path.read_text() == ""


def test_standard_streams_are_used_as_the_shell_opened_them(tool, tmp_path):
    path = tmp_path / "keep.log"
    for name, redirection in (("/dev/stderr", "2>>"), ("/dev/stdout", ">>"), ("/dev/fd/3", "3>>"), ("/proc/self/fd/3", "3>>")):
        path.write_text("precious\n")
        run_in_shell(tool, f"send - --dry-run --rejected {name} {redirection}{shlex.quote(str(path))} <<<'{{'")
        assert path.read_text().startswith("precious\n") and row().split("\t")[0] + "\t\tfound " in path.read_text(), name
    path.write_text("precious\n")
    done = run_in_shell(tool, f"send - --dry-run --rejected {shlex.quote(str(path))} 2>>{shlex.quote(str(path))} <<<'{{'")
    assert done.returncode == 2 and path.read_text().startswith("precious\n")


def test_a_dash_and_a_second_use_of_one_file_are_refused(tool, tmp_path):
    result = tool.run("send", "-", "--dry-run", "--rejected", "-")
    assert (result.code, "--rejected: expected the name of a file" in result.errors) == (2, True)
    path = tmp_path / "both.tsv"
    words = ["replay", "-", "--site", "https://example.com", "--format", "combined", "--dry-run", "--rejected", path, "--unreadable", path]
    assert "found a file that is being written" in tool.run(*words).errors
    assert not os.path.exists("-")


def test_a_full_disk_is_reported_at_once_and_the_run_goes_on(sender, collector):
    result = sender.run("send", "-", "--rejected", "/dev/full", input=["{"] * 5000 + [event()])
    assert result.code == 2
    assert result.errors.count("cannot write /dev/full: No space left on device; the run goes on without it") == 1
    assert (result.summary["delivered"], result.summary["refused here"]) == (1, 5000)


def test_a_line_that_is_too_long_is_kept_as_far_as_it_was_read(tool, tmp_path):
    path = tmp_path / "rejected.tsv"
    line = '{"a":"' + "x" * 2_000_000
    tool.run("send", "-", "--dry-run", "--rejected", path, input=[line, event()])
    [(number, _, reason, text)] = rejections(path)
    assert number == 1 and line.startswith(text) and len(text) == 65536
    assert f"the last {len(line) - len(text):,} bytes are cut off here" in reason
    log = ["replay", "-", "--site", "https://example.com", "--format", "combined", "--dry-run", "--unreadable", tmp_path / "unreadable.tsv"]
    tool.run(*log, input=[combined(), combined(agent="x" * 300_000)])
    [kept] = (tmp_path / "unreadable.tsv").read_text().splitlines()
    assert re.match(r"2\tis longer than 262144 bytes; the last [\d,]+ bytes are cut off here\t192", kept)


# ---- Sending again


def test_what_was_not_delivered_is_sent_again_as_it_was_so_that_the_server_can_tell(sender, collector, tmp_path):
    path = tmp_path / "rejected.tsv"
    # Each is received, and no answer comes.
    collector.mode({"close": "after"})
    result = sender.run("send", "-", "--rejected", path, "--timeout", "1", input=[event(properties={"n": number}) for number in range(5)])
    assert (result.code, result.summary["abandoned"]) == (3, 5)
    received = {record["event"]["eventId"]: record["event"] for record in collector.good()}
    collector.mode({})
    again = sender.run("send", path)
    assert (again.code, again.summary["delivered"]) == (0, 5)
    assert collector.totals()["distinct_ids"] == 5
    # Not only the ids: nothing differs.
    assert all(received[record["event"]["eventId"]] == record["event"] for record in collector.good())


def test_a_file_of_rejected_lines_becomes_one_of_those_that_are_rejected_again(tool, tmp_path):
    path = tmp_path / "again.tsv"
    result = tool.run("send", "-", "--dry-run", "--rejected", path, input=[row(7, event(eventId="good")).rstrip(), row(9, "{\t").rstrip("\n")])
    assert [one["eventId"] for one in result.events] == ["good"]
    [(number, _, _, text)] = rejections(path)
    assert (number, text) == (2, "{\t")


def test_a_log_keeps_its_lines(sender, collector, tmp_path):
    collector.mode({"status": 422})
    path = tmp_path / "rejected.tsv"
    lines = [combined(f"GET /page-{number} HTTP/1.1") for number in range(3)]
    sender.run("replay", "-", "--site", "https://example.com", "--format", "combined", "--rejected", path, input=lines)
    assert sorted((number, line) for number, *_, line in rejections(path)) == list(enumerate(lines, start=1))


# ---- Ending early


@pytest.mark.parametrize("answer, advice", [(401, "does not accept the credential"), (404, "was not found"), (307, "redirects")])
def test_a_run_whose_endpoint_refuses_everything_ends_with_the_first_answer(sender, collector, tmp_path, answer, advice):
    collector.mode({"status": answer})
    path = tmp_path / "rejected.tsv"
    lines = [event() for _ in range(3000)]
    for words in (["send", "-"], ["replay", "-", "--site", "https://example.com", "--format", "combined"]):
        given = lines if words[0] == "send" else [combined()] * 3000
        result = sender.run(*words, "--queue-max-events", "100", "--rejected", path, input=given)
        assert (result.code, advice in result.errors) == (3, True)
        assert result.summary["lines"] < 3000 and result.summary["abandoned"] == len(rejections(path))
        assert re.search(r"^stopped after line \d", result.output, re.MULTILINE)
    assert collector.totals()["received"] < 20


def test_a_timeout_also_bounds_what_is_waited_for_before_the_input_ends(sender, collector):
    collector.mode({"status": 503})
    result = sender.run("send", "-", "--queue-max-events", "5", "--timeout", "1", input=[event()] * 50)
    assert (result.code, result.summary["abandoned"]) == (3, 5)
    assert balanced(result.summary)
    assert "stopped after line 5; nothing was delivered: send it again" in result.output


def test_a_run_that_was_stopped_says_how_to_go_on(sender, collector, tmp_path):
    path = tmp_path / "it's events.jsonl"
    path.write_text("".join(event(eventId=f"e-{number}") + "\n" for number in range(400)))
    rejected = tmp_path / "rejected.tsv"
    # The first are delivered; then nothing is.
    collector.mode({"count": 20}, {"status": 503})
    words = ["--queue-max-events", "40", "--max-connections", "1", "--max-in-flight", "1", "--rejected", rejected]
    result = sender.run("send", path, *words, "--timeout", "1")
    assert result.code == 3
    output = result.output
    command = re.search(r"^stopped after line \d+; go on with: (.*)$", output, re.MULTILINE)[1]
    rest = re.search(r"send them with: (tpc-events send .*)$", output, re.MULTILINE)[1]
    assert shlex.split(rest)[-1] == str(rejected)
    collector.mode({})
    environment = sender.environment | {"PATH": f"{sender.path.parent}:{os.environ['PATH']}"}
    for text in (command, rest):
        assert subprocess.run(["bash", "-c", text], env=environment, capture_output=True).returncode == 0
    sent = [json.loads(record["body"])["eventId"] for record in collector.good()]
    assert set(sent) == {f"e-{number}" for number in range(400)}
