# SPDX-License-Identifier: Apache-2.0
"""tpc-events replay --follow: every line that a server writes is sent once, whatever becomes of the log and of the follower."""

import gzip
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

from tool.followers import SITE, Follower, Log, ids, line, pages


CADDY = (
    '{"ts":1764496800.5,"request":{"client_ip":"192.0.2.7","method":"GET","host":"www.example.org","uri":"/other",'
    '"headers":{"User-Agent":["GPTBot/1.2"]}},"status":200,"size":10}\n'
)


@pytest.fixture(name="log")
def log_fixture(tmp_path):
    return Log(tmp_path / "access.log")


@pytest.fixture(name="state")
def state_fixture(tmp_path):
    return tmp_path / "state"


@pytest.fixture(name="follow")
def follow_fixture(sender, state, log):
    return lambda *arguments, logs=None: Follower(sender, state, *(logs or [log.path]), arguments=arguments)


def compress(path, program="gzip"):
    subprocess.run([program, "-q", *(["--rm"] if program == "zstd" else []), path], check=True)


# ---- the log and its rotation


def test_lines_are_sent_as_they_are_written_from_the_first_one_on(follow, collector, log):
    log.write("before")
    with follow() as follower:
        collector.wait(1)
        log.write("after", "more")
        collector.wait(3)
        code, errors = follower.stop()
    assert (code, pages(collector)) == (0, ["before", "after", "more"])
    assert "access.log: read as combined" in errors


def test_a_line_that_is_being_written_waits_for_its_end(follow, collector, log):
    with follow() as follower:
        log.begin(line("slow")[:70])
        log.begin(line("slow")[70:] + "\n" + line("open"))
        collector.wait(1)
        code, _ = follower.stop()
        assert (code, pages(collector)) == (0, ["slow"])
    log.begin("\n")
    with follow() as follower:
        collector.wait(2)
        follower.stop()
    assert pages(collector) == ["slow", "open"]


def test_a_renamed_log_is_read_to_its_end_even_while_it_is_still_written(follow, collector, log):
    log.write("one")
    with follow() as follower:
        collector.wait(1)
        log.begin(line("two")[:60])
        log.rename(reopen=False)
        log.begin(line("two")[60:] + "\n")
        new = Log(log.path)
        new.write("four")
        collector.wait(3)
        log.write("late")
        collector.wait(4)
        assert follower.stop()[0] == 0
    assert sorted(pages(collector)) == ["four", "late", "one", "two"]


def test_a_log_that_is_copied_and_emptied_loses_nothing_that_is_in_the_copy(follow, collector, log):
    log.write("one")
    with follow() as follower:
        collector.wait(1)
        # The follower sees both, or the second alone.
        log.write("two")
        log.copy_and_truncate()
        log.write("three")
        collector.wait(3)
        log.copy_and_truncate()
        # As long as what was there: only its bytes tell.
        log.write("seven")
        collector.wait(4)
        assert follower.stop()[0] == 0
    assert pages(collector) == ["one", "two", "three", "seven"]


@pytest.mark.parametrize("program", [None, "gzip", "zstd"])
@pytest.mark.parametrize("rotate", [Log.rename, Log.copy_and_truncate])
def test_rotations_while_no_follower_runs_are_found_again(follow, collector, log, rotate, program):
    log.write("one", "two")
    with follow() as follower:
        collector.wait(2)
        follower.stop()
    for page in ("three", "four", "five"):
        log.write(page)
        rotate(log)
    log.write("six")
    if program:
        for number in (1, 2, 3):
            compress(log.rotated(number), program)
    with follow() as follower:
        collector.wait(6)
        assert follower.stop()[0] == 0
    with follow() as follower:
        log.write("seven")
        collector.wait(7)
        follower.stop()
    assert pages(collector) == ["one", "two", "three", "four", "five", "six", "seven"]
    assert len(set(ids(collector))) == 7


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_copy_of_a_log_that_was_empty_before_and_after_is_read(follow, collector, log, state, is_compressed):
    with follow() as follower:
        while not (state.exists() and "file" in state.read_text()):
            time.sleep(0.01)
        follower.process.kill()
    # The time of a file's change is that of the clock's last tick.
    time.sleep(0.02)
    log.write("one")
    log.copy_and_truncate()
    if is_compressed:
        compress(log.rotated(1))
    with follow() as follower:
        collector.wait(1)
        assert follower.stop()[0] == 0
    assert pages(collector) == ["one"]


def test_files_with_dates_in_their_names_are_found_too(follow, collector, log):
    log.write("one")
    with follow() as follower:
        collector.wait(1)
        follower.stop()
    for page, name in (("two", "access.log-20261129"), ("three", "access-20261130.log"), ("no", "access.log.state"), ("no", "access.log.old")):
        log.write(page)
        shutil.move(log.path, log.path.with_name(name))
        log.reopen()
    log.write("four")
    with follow() as follower:
        collector.wait(4)
        assert follower.stop()[0] == 0
    assert "three" in pages(collector) and "no" not in pages(collector)


def test_several_logs_have_one_state_and_each_its_format(follow, collector, log, tmp_path):
    other = tmp_path / "other.log"
    other.write_text(CADDY)
    log.write("one")
    with follow(logs=[log.path, other]) as follower:
        collector.wait(2)
        log.write("two")
        collector.wait(3)
        assert follower.stop()[0] == 0
    hrefs = sorted(record["event"]["page"]["href"] for record in collector.good())
    assert hrefs == [f"{SITE}/one", f"{SITE}/two", "https://www.example.org/other"]


def test_a_log_that_is_not_there_yet_is_waited_for(follow, collector, log):
    log.path.unlink()
    with follow() as follower:
        assert b"is not there yet; waiting for it" in follower.process.stderr.readline()
        log.reopen()
        log.write("one")
        collector.wait(1)
        assert follower.stop()[0] == 0


W3C = ("#Software: IIS\r\n", "#Fields: date time cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\r\n",
       "2026-11-30 10:00:00 GET /other 192.0.2.1 GPTBot/1.2 200\r\n")  # fmt: skip


@pytest.mark.parametrize("first, rest", [(W3C[0], "".join(W3C[1:])), ("".join(W3C[:2]), W3C[2]), ('{"msg":"server running"}\n', CADDY)])
def test_a_log_that_begins_with_other_lines_waits_for_those_that_tell_its_format(follow, collector, log, first, rest):
    log.begin(first)
    with follow() as follower:
        while b"waiting for more lines" not in follower.process.stderr.readline():
            pass
        log.begin(rest)
        collector.wait(1)
        assert follower.stop()[0] == 0
    assert pages(collector) == ["other"]


def test_a_log_that_begins_with_a_line_that_is_too_long_goes_on_after_it(follow, collector, log):
    log.begin("\0" * 300_000)
    with follow() as follower:
        log.begin("\n")
        log.write("one")
        collector.wait(1)
        code, errors = follower.stop()
    assert (code, pages(collector)) == (1, ["one"])
    assert "line 1: is longer than 262144 bytes" in errors


def test_the_logs_of_other_ports_are_not_taken_for_rotated_files(follow, collector, log):
    log.write("one")
    for name in ("access-8080.log", "access-2.log", "access.8080.log"):
        Log(log.path.with_name(name)).write("other")
    with follow() as follower:
        collector.wait(1)
        log.rename()
        log.write("two")
        collector.wait(2)
        assert follower.stop()[0] == 0
    assert sorted(pages(collector)) == ["one", "two"]


def test_other_lines_than_visits_take_no_memory_during_an_outage(follow, collector, log):
    collector.mode({"status": 503})
    log.write("one")
    log.begin((line("a.css") + "\n") * 600_000)
    with follow("--log-level", "off") as follower:
        status = pathlib.Path(f"/proc/{follower.process.pid}/status")
        while not has_read(follower.process.pid, log.path):
            time.sleep(0.01)
        peak = int(status.read_text().partition("VmHWM:")[2].split()[0])
        collector.mode(None)
        collector.wait(1)
        code, errors = follower.stop()
    assert (code, pages(collector)) == (0, ["one"])
    # A position of each line would take 20 MB more.
    assert peak < 32_000


def has_read(process, path):
    """Whether a process has read as much as there is in a file."""
    read = int(pathlib.Path(f"/proc/{process}/io").read_text().partition("rchar: ")[2].split()[0])
    return read > path.stat().st_size


def test_a_log_that_was_emptied_without_a_copy_goes_on_and_is_told(follow, collector, log):
    log.write("one", "two")
    with follow() as follower:
        collector.wait(2)
        os.truncate(log.path, 0)
        log.write("three")
        collector.wait(3)
        code, errors = follower.stop()
    assert (code, pages(collector)[2]) == (0, "three")
    assert "access.log: was emptied after line 2, and there is no copy of it" in errors
    log.path.unlink()
    log.reopen()
    log.write("four")
    with follow() as follower:
        collector.wait(4)
        _, errors = follower.stop()
    assert "the file that was read up to line 1 is neither here nor beside it" in errors


# ---- ids


def test_equal_lines_are_visits_of_their_own_across_restarts_and_rotations(follow, collector, log):
    for count in (1, 2, 3):
        log.write("same")
        with follow() as follower:
            collector.wait(count)
            follower.stop()
        if count == 2:
            log.rename()
    assert len(set(ids(collector))) == 3


@pytest.mark.parametrize("change", ["nothing", "renamed", "copied", "compressed"])
def test_a_line_that_is_sent_again_has_the_same_id(follow, collector, log, state, change):
    log.write("one", "same", "same")
    with follow() as follower:
        collector.wait(3)
        before = state.read_bytes()
        log.write("two")
        collector.wait(4)
        follower.process.kill()
    if change != "nothing":
        (log.copy_and_truncate if change == "copied" else log.rename)()
    if change == "compressed":
        compress(log.rotated(1))
    # As after a kill between the answer and the state.
    state.write_bytes(before)
    with follow() as follower:
        log.write("three")
        while "three" not in pages(collector):
            pass
        follower.stop()
    assert len(set(ids(collector))) == 5 and len(ids(collector)) > 5


# ---- delivery


def test_an_outage_is_waited_for_and_nothing_expires(follow, collector, log, state):
    collector.mode({"status": 503})
    log.write(*(f"page{number}" for number in range(30)))
    with follow("--queue-max-events", "10", "--delivery-timeout-ms", "100") as follower:
        while collector.totals()["received"] < 20:
            pass
        follower.process.kill()
    # The position stays before what was not delivered.
    assert state.read_text().splitlines()[3].split()[3:5] == ["0", "0"]
    collector.reset()
    with follow() as follower:
        collector.wait(30)
        assert follower.stop()[0] == 0
    assert pages(collector) == [f"page{number}" for number in range(30)] and len(set(ids(collector))) == 30


def test_a_stop_during_an_outage_ends_with_3_and_keeps_the_position(follow, collector, log):
    log.write("one")
    with follow() as follower:
        collector.wait(1)
        collector.mode({"status": 503})
        log.write("two")
        while collector.totals()["received"] < 2:
            pass
        code, _ = follower.stop()
    assert code == 3
    collector.mode(None)
    with follow() as follower:
        collector.wait(2)
        assert follower.stop()[0] == 0
    assert pages(collector) == ["one", "two"]


def test_what_the_server_rejects_is_not_sent_again(follow, collector, log, tmp_path):
    collector.mode({"status": 422, "count": 1})
    log.write("one", "two")
    file = tmp_path / "rejected"
    with follow("--rejected", file) as follower:
        collector.wait(1)
        code, errors = follower.stop()
    assert (code, pages(collector)) == (1, ["two"])
    assert f"{log.path}, line 1: " in errors
    assert file.read_text().startswith(f"1\tunprocessable_entity\t{log.path}: HTTP 422")
    with follow() as follower:
        log.write("three")
        collector.wait(2)
        follower.stop()
    assert pages(collector) == ["two", "three"]


# ---- the state


def test_the_state_is_private_and_of_one_follower_and_one_log(follow, sender, collector, log, state, tmp_path):
    log.write("one")
    with follow() as follower:
        collector.wait(1)
        assert state.stat().st_mode & 0o777 == 0o600
        second = sender.run(*follower.command)
        assert (second.code, second.output) == (2, "")
        assert "--state: found a state that another follower is using; expected one of its own for each" in second.errors
        follower.stop()
    other = tmp_path / "other.log"
    other.touch()
    result = sender.run("replay", "--follow", "--state", state, "--site", SITE, other)
    assert result.code == 2 and f"found the position of {log.path}, which is not among the logs" in result.errors
    other.write_text("something else\n")
    result = sender.run("replay", "--follow", "--state", other, "--site", SITE, log.path)
    assert result.code == 2 and "found a file with other contents" in result.errors
    assert other.read_text() == "something else\n"
    state.chmod(0o666)
    assert "found a file that other users may write" in sender.run(*follower.command).errors


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--follow", "LOG"], "--follow: needs --state"),
        (["--state", "STATE", "LOG"], "--state: expected with --follow"),
        (["--follow", "--state", "STATE", "-"], "--follow: found standard input"),
        (["--follow", "--state", "STATE", "--dry-run", "LOG"], "expected without --dry-run and --timeout"),
        (["--follow", "--state", "STATE", "/dev/null"], "is not a regular file"),
        (["--follow", "--state", "STATE", "*.log"], "found no file *.log; expected the names of logs, not patterns"),
        (["--follow", "--state", "STATE", "LOG", "LOG.1"], "LOG.1, a rotated file of "),
        (["--follow", "--state", "LOG", "LOG"], "--state: found a log, or a rotated file of one"),
        (["--follow", "--state", "LOG.1", "LOG"], "--state: found a log, or a rotated file of one"),
        (["--follow", "--state", "STATE", "--api-key", "k", "--unreadable", "LOG.new", "LOG.new"], "--unreadable: found the file that is read"),
        (["--follow", "--state", "missing/STATE", "LOG"], "cannot open missing/STATE.lock: No such file or directory"),
    ],
)
def test_what_cannot_be_followed_is_refused(tool, log, state, arguments, expected):
    words = [word.replace("LOG", str(log.path)) if word.startswith("LOG") else str({"STATE": state}.get(word, word)) for word in arguments]
    expected = expected.replace("LOG", str(log.path))
    result = tool.run("replay", "--site", SITE, *words)
    assert (result.code, result.output) == (2, "")
    assert expected in result.errors


# ---- a server that writes into a pipe


def test_a_pipe_is_read_to_its_end_after_sigterm(sender, collector):
    with sender.start("replay", "-", "--site", SITE) as process:
        process.stdin.write((line("one") + "\n").encode())
        process.stdin.flush()
        collector.wait(1)
        # As Apache does to the program of a piped log when it restarts gracefully; requests that are under way are logged later.
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        process.stdin.write((line("two") + "\n").encode())
        process.stdin.close()
        code = process.wait(60)
    assert (code, pages(collector)) == (0, ["one", "two"])


def test_a_wrong_key_ends_it_at_the_start_and_is_waited_for_later(follow, collector, log):
    collector.mode({"status": 401})
    log.write("one")
    with follow() as follower:
        follower.process.wait(60)
        code, errors = follower.stop()
    assert code == 3 and "401" in errors
    collector.mode(None)
    with follow() as follower:
        collector.wait(1)
        collector.mode({"status": 401})
        log.write("two")
        while collector.totals()["by_status"].get("401", 0) < 2:
            pass
        collector.mode(None)
        collector.wait(2)
        assert follower.stop()[0] == 0
    assert pages(collector) == ["one", "two"]
