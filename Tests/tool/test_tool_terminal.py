# SPDX-License-Identifier: Apache-2.0
"""The tool at a terminal: nothing holds it up, and what it shows fits and does no harm."""

import array
import contextlib
import fcntl
import os
import re
import signal
import subprocess
import termios

import pytest

from tool.command import event
from tool.logs import combined
from tool.terminals import open_terminal, read_all

SITE = ("--site", "https://example.com")


def run_in_shell(tool, words, timeout=30, **environment):
    """Runs the tool with redirections of a shell; a tool that hangs fails the test."""
    command = f'exec "$TOOL" {words}'
    return subprocess.run(
        ["bash", "-c", command], env=tool.environment | environment | {"TOOL": str(tool.path)}, capture_output=True, text=True,
        timeout=timeout,
    )  # fmt: skip


def begin(process, *words):
    """Waits until the process has written these words on standard error."""
    found = b""
    while not all(word in found for word in words):
        part = os.read(process.stderr.fileno(), 4096)
        assert part, found
        found += part
    return found


def has_fifo_open(process, path):
    """Waits until the process has the file open."""
    folder = f"/proc/{process.pid}/fd"
    while process.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if any(os.readlink(f"{folder}/{name}") == str(path) for name in os.listdir(folder)):
                return True
    return False


# ---- Standard descriptors


@pytest.mark.parametrize("words", ["send - --dry-run", "replay - --site https://example.com --format combined --dry-run", "check", "send --requests - --dry-run"])
def test_a_closed_standard_input_is_an_error(tool, words):
    done = run_in_shell(tool, f"{words} <&-")
    assert done.returncode == 2
    assert "cannot read standard input: Bad file descriptor" in done.stderr


@pytest.mark.parametrize("target, reason", [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")])
def test_a_standard_output_that_takes_nothing_is_an_error(tool, tmp_path, target, reason):
    path = tmp_path / "events.jsonl"
    path.write_text(event() + "\n")
    for words in (f"check {path}", f"send {path} --dry-run", "--help", "help options"):
        done = run_in_shell(tool, f"{words} {target}")
        assert (done.returncode, f"cannot write standard output: {reason}" in done.stderr) == (2, True), words


def test_files_never_get_the_number_of_a_closed_standard_descriptor(tool, tmp_path):
    path = tmp_path / "rejected.tsv"
    done = run_in_shell(tool, f"send - --dry-run --rejected {path} <<<'{{' >&- 2>&-")
    assert done.returncode in (1, 2)
    [row] = path.read_text().splitlines()
    assert row.startswith("1\t\tfound ") and row.endswith("\t{")


# ---- Pipes without another end


def test_an_input_that_nobody_writes_to_is_waited_for_until_a_signal(tool, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    for words in (["send", path, "--dry-run"], ["check", path], ["replay", path, *SITE, "--format", "combined", "--dry-run"]):
        with tool.start(*words) as process:
            assert has_fifo_open(process, path)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
        assert process.returncode in (3, -signal.SIGTERM), words


def test_an_input_without_a_writer_is_read_when_there_is_one(tool, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with tool.start("check", path) as process:
        path.write_text(event() + "\n")
        assert process.communicate(timeout=30)[0] == b"valid\n"
    assert process.returncode == 0


def test_a_file_of_rejected_lines_that_nobody_reads_is_waited_for_until_a_signal(tool, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with tool.start("send", "-", "--dry-run", "--rejected", path) as process:
        begin(process, b"waiting for somebody to read it")
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=30)[1]
    assert (process.returncode, b"cannot open" in errors) == (2, True)


def test_a_fifo_of_rejected_lines_gets_them(tool, tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with tool.start("send", "-", "--dry-run", "--rejected", path) as process:
        begin(process, b"waiting for somebody to read it")
        reader = os.open(path, os.O_RDONLY)
        process.communicate(b"{\n", timeout=30)
        assert os.read(reader, 4096).endswith(b"\t{\n")
        os.close(reader)
    assert process.returncode == 1


def test_an_output_that_nobody_takes_ends_with_a_signal(tool, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text((event() + "\n") * 20000)
    reader, writer = os.pipe()
    capacity = fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    with tool.start("send", path, "--dry-run", stdout=writer) as process:
        os.close(writer)
        while filled(reader) < capacity // 2:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    os.close(reader)
    assert process.returncode in (2, 3)


def filled(reader):
    """The bytes that wait in a pipe."""
    count = array.array("i", [0])
    fcntl.ioctl(reader, termios.FIONREAD, count)
    return count[0]


# ---- Ends that nobody asked for


def test_the_end_of_a_session_keeps_what_is_known_and_ends_with_a_summary(sender, collector, tmp_path):
    path = tmp_path / "rejected.tsv"
    with sender.start("send", "-", "--rejected", path) as process:
        process.stdin.write(b"{\n" * 200 + event().encode() + b"\n")
        process.stdin.flush()
        collector.wait(1)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGHUP)
        output = process.communicate(timeout=30)[0].decode()
    assert process.returncode == 3
    assert len(path.read_text().splitlines()) == 200
    assert re.search(r"^lines +201$", output, re.MULTILINE)


def test_a_run_under_nohup_goes_on_when_the_session_ends(sender, collector):
    with sender.start("send", "-", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        process.stdin.write(event().encode() + b"\n")
        process.stdin.flush()
        collector.wait(1)
        process.send_signal(signal.SIGHUP)
        output = process.communicate(event().encode() + b"\n", timeout=30)[0].decode()
    assert (process.returncode, re.search(r"delivered +2$", output, re.MULTILINE) is not None) == (0, True)


def test_what_is_known_is_in_the_file_before_the_process_ends(tool, tmp_path):
    path = tmp_path / "rejected.tsv"
    with tool.start("send", "-", "--dry-run", "--rejected", path) as process:
        process.stdin.write(b"{\n")
        process.stdin.flush()
        # The tool itself writes it in the course of time.
        while not path.exists() or not path.stat().st_size:
            assert process.poll() is None
        process.kill()
    assert path.read_text().endswith("\t{\n")


# ---- What is shown


@pytest.mark.parametrize("columns", [15, 30, 45])
def test_the_progress_fits_into_a_narrow_terminal_with_the_counts_first(sender, collector, tmp_path, columns):
    collector.mode({"delay_ms": 50})
    path = tmp_path / "events.jsonl"
    path.write_text((event() + "\n") * 12)
    leader, follower = open_terminal(columns)
    with sender.start("send", path, "--max-connections", "1", "--max-in-flight", "1", stderr=follower, stdout=subprocess.DEVNULL) as process:
        os.close(follower)
        shown = read_all(leader)
    assert process.returncode == 0
    lines = [line for line in re.split(rb"\r(?:\x1b\[K)?|\n", shown) if line]
    assert lines and max(map(len, lines)) < columns
    if columns < 40:
        assert all(re.match(rb"\d+ delivered ", line) for line in lines)
    else:
        assert all(b" delivered  0 rejected" in line and b"[" not in line for line in lines)


def test_expired_events_are_in_the_progress(sender, collector, tmp_path):
    collector.mode({"status": 503})
    path = tmp_path / "events.jsonl"
    path.write_text((event() + "\n") * 4)
    leader, follower = open_terminal(120)
    words = ["--delivery-timeout-ms", "300", "--queue-max-events", "2", "--retry-initial-ms", "50", "--retry-max-ms", "50"]
    with sender.start("send", path, *words, stderr=follower, stdout=subprocess.DEVNULL) as process:
        os.close(follower)
        shown = read_all(leader)
    assert process.returncode == 3
    assert b" expired" in shown and b" failed requests, " in shown


def test_a_dumb_terminal_gets_no_escapes(sender, collector, tmp_path):
    collector.mode({"delay_ms": 50})
    path = tmp_path / "events.jsonl"
    path.write_text((event() + "\n") * 8)
    leader, follower = open_terminal()
    sender.environment |= {"TERM": "dumb"}
    with sender.start("send", path, "--max-connections", "1", "--max-in-flight", "1", stderr=follower, stdout=subprocess.DEVNULL) as process:
        os.close(follower)
        shown = read_all(leader)
    assert (process.returncode, shown) == (0, b"")


def test_nothing_of_a_visitor_reaches_the_terminal_that_it_would_act_on(tool):
    marks = "\x1b\x7f\x9b\u202e\u2066\u200f\u2028"
    line = event(properties={marks: {}})
    requested = tool.run("send", "-", "--dry-run", input=[line, event(properties={"a": marks})])
    logged = tool.run("replay", "-", *SITE, "--format", "combined", "--dry-run", input=[combined(agent=marks), marks + "x"])
    for text in (tool.run("check", input=[line]).output, requested.output, requested.errors, logged.output, logged.errors):
        assert not set(marks) & set(text)
    assert "\\u009B" in requested.errors and "\\u202E" in requested.errors


def test_no_kind_of_complaint_hides_another(sender, collector):
    collector.mode({"status": 422})
    lines = ["{"] * 8 + ["{}"] * 8 + [event()] * 8
    result = sender.run("send", "-", input=lines)
    assert result.errors.count("found its end") == 5
    assert result.errors.count("/page: is missing") + result.errors.count("/event: is missing") == 5
    assert result.errors.count("HTTP 422") == 5
    assert "and 9 more events that were not delivered" in result.errors


@pytest.mark.parametrize(
    "content, hint",
    [
        (b'{\n "event": "page_visit"\n}\n', "jq -c . FILE | "),
        (b'[{"event": "page_visit"},\n{}]\n', "jq -c '.[]' FILE | "),
        (bytes.fromhex("1f8b0800000000000003") + b"\n", "compressed data has no end"),
        ("\ufeff{}\n".encode("utf-16-le"), "iconv -f UTF-16"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_recognized(tool, content, hint):
    for words in (["check"], ["send", "-", "--dry-run"]):
        result = tool.run(*words, input=content)
        assert (result.code, hint in result.errors) == (1, True), words
    assert "FILE | " not in tool.run("check", input=["x", "{"]).errors


# ---- Flags and commands


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["sned"], "sned: is not a command; did you mean send?; see tpc-events --help"),
        (["--verison"], "did you mean --version?"),
        (["help", "rplay"], "did you mean replay?"),
        (["send", "--refferer", "x"], "--refferer: is not a flag of send; did you mean --referrer?; see tpc-events send --help"),
        (["send", "--useragent", "x"], "did you mean --user-agent?"),
        (["send", "--user_agent", "x"], "did you mean --user-agent?"),
        (["send", "--rejectd", "x"], "did you mean --rejected?"),
        (["send", "--reject", "x"], "--reject: is not a flag of send; did you mean --rejected?"),
        (["replay", "-", "--sit", "https://example.com"], "--sit: is not a flag of replay; did you mean --site?"),
        (["send", "-x"], "tpc-events: -x: is not a flag of send; see tpc-events send --help"),
        (["check", "-h5"], "tpc-events: -h5: is not a flag of check"),
        (["send", "-ksecret"], "tpc-events: -k: is not a flag of send"),
        (["check", "--api-key", "k"], "--api-key: has no effect on this command"),
        (["send", "-", "--trusted-proxies", "private"], "--trusted-proxies: is about web requests; expected --requests with it"),
        (["send", "--href", "https://a/", "--requests"], "--requests: is for web requests"),
        (["completion", "fish"], "completion takes the name of a shell: bash or zsh"),
    ],
)  # fmt: skip
def test_what_was_meant_is_suggested(tool, arguments, words):
    result = tool.run(*arguments)
    assert (result.code, result.output) == (2, "")
    assert words in result.errors and "secret" not in result.errors
