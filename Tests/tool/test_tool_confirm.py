# SPDX-License-Identifier: Apache-2.0
"""--confirm: lines are answered as rsyslog's omprog expects, when their events are answered for; and --line-ids."""

import contextlib
import select
import signal

import pytest

from tool.command import SECONDS, event
from tool.logs import combined

SITE = "https://example.com"
REPLAY = ("replay", "-", "--site", SITE, "--confirm", "--retry-initial-ms", "5", "--retry-max-ms", "20")
OK = b"OK\n"


class Feeder:
    """What omprog is to a program: it writes a line and waits for the answer."""

    def __init__(self, process):
        self.process = process

    def write(self, *lines):
        self.process.stdin.write(b"".join(line.encode() + b"\n" for line in lines))
        self.process.stdin.flush()

    def answer(self):
        assert select.select([self.process.stdout], [], [], SECONDS)[0], "the tool did not answer"
        return self.process.stdout.readline()

    def ask(self, line):
        self.write(line)
        return self.answer()

    def end(self):
        """Closes the pipe. Returns what else was answered, standard error and the exit code."""
        output, errors = self.process.communicate(timeout=SECONDS)
        return output, errors.decode(), self.process.returncode


@contextlib.contextmanager
def feeding(sender, *arguments):
    with sender.start(*arguments, bufsize=0) as process:
        try:
            feeder = Feeder(process)
            assert feeder.answer() == OK
            yield feeder
        finally:
            if process.poll() is None:
                process.kill()


def ids(collector):
    return [request["event"]["eventId"] for request in collector.good()]


def test_a_line_is_answered_when_its_visit_is_delivered_or_rejected_or_when_it_makes_none(sender, collector):
    collector.mode({"status": 503, "count": 2}, {"count": 1}, {"status": 422, "count": 1})
    with feeding(sender, *REPLAY) as feeder:
        assert feeder.ask(combined("GET /delivered HTTP/1.1")) == OK
        totals = collector.totals()
        assert (totals["good"], totals["received"]) == (1, 3)
        assert feeder.ask(combined("GET /rejected HTTP/1.1")) == OK
        assert collector.totals()["by_status"]["422"] == 1
        for line in ("", "not a line of a log", combined("GET /logo.png HTTP/1.1"), combined("GET /gone HTTP/1.1", status="404")):
            assert feeder.ask(line) == OK
        assert collector.totals()["received"] == 4
        output, errors, code = feeder.end()
    assert (output, code) == (b"", 1)
    assert "line 2: " in errors and "line 4: " in errors
    assert "delivered                      1\n" in errors


def test_the_lines_of_a_transaction_are_sent_together_and_its_end_is_answered_when_all_are_delivered(sender, collector):
    with feeding(sender, *REPLAY) as feeder:
        # One may be empty.
        assert feeder.ask("BEGIN TRANSACTION") == OK
        assert feeder.ask("COMMIT TRANSACTION") == OK
        for page in (0, 30):
            assert feeder.ask("BEGIN TRANSACTION") == OK
            feeder.write(*(combined(f"GET /{page + number} HTTP/1.1") for number in range(30)))
            assert [feeder.answer() for _ in range(30)] == [b"DEFER_COMMIT\n"] * 30
            assert feeder.ask("COMMIT TRANSACTION") == OK
            assert collector.totals()["good"] == page + 30
        assert feeder.ask(combined("GET /alone HTTP/1.1")) == OK
        _, errors, code = feeder.end()
    assert code == 0
    assert "  transaction marks              6\n" in errors
    assert collector.totals()["distinct_ids"] == 61


@pytest.mark.parametrize("lines", [("/1",), ("BEGIN TRANSACTION", "/1", "/2", "COMMIT TRANSACTION")], ids=["a line", "a transaction"])
@pytest.mark.parametrize("ending", ["TERM", "the end of the pipe"])
def test_a_run_that_ends_in_an_outage_leaves_its_lines_unanswered(sender, collector, lines, ending):
    collector.mode({"status": 503})
    with feeding(sender, *REPLAY) as feeder:
        for line in lines:
            feeder.write(combined(f"GET {line} HTTP/1.1") if line.startswith("/") else line)
        for expected in {1: [], 4: [OK, b"DEFER_COMMIT\n", b"DEFER_COMMIT\n"]}[len(lines)]:
            assert feeder.answer() == expected
        while collector.totals()["received"] == 0:
            pass
        if ending == "TERM":
            feeder.process.send_signal(signal.SIGTERM)
            feeder.process.wait(SECONDS)
        output, errors, code = feeder.end()
    assert (output, code) == (b"", 3)
    assert "abandoned" in errors


def test_events_are_confirmed_too_whatever_the_delivery_timeout_is(sender, collector):
    collector.mode({"status": 503, "count": 6})
    options = ("--retry-initial-ms", "20", "--retry-max-ms", "20", "--delivery-timeout-ms", "1")
    with feeding(sender, "send", "-", "--confirm", *options) as feeder:
        assert feeder.ask(event()) == OK
        assert collector.totals()["good"] == 1
        assert feeder.ask("{") == OK
        _, errors, code = feeder.end()
    assert code == 1
    assert "expired" not in errors


@pytest.mark.parametrize("command", ["replay", "send"])
def test_a_line_with_an_identity_gives_the_same_id_again_and_another_one_gives_another(sender, collector, command):
    line, arguments = (combined(), ("--site", SITE)) if command == "replay" else (event(), ())
    runs = (["log/0/7", "log/0/8"], ["log/0/8", "log/0/7", "log/0/9"])
    for run in runs:
        result = sender.run(command, "-", *arguments, "--line-ids", input=[f"{identity}\t{line}" for identity in run])
        assert result.code == 0, result.errors
    assert len(set(ids(collector))) == 3
    assert collector.totals()["duplicates"] == 2
    collector.reset()
    # The name and offset of a file recur when it is rotated, but not with the same line.
    other = line.replace("/docs", "/other")
    assert sender.run(command, "-", *arguments, "--line-ids", input=[f"log/0/7\t{line}", f"log/0/7\t{other}"]).code == 0
    assert collector.totals()["distinct_ids"] == 2


def test_a_line_without_its_newline_is_neither_sent_nor_confirmed(sender, collector):
    """Its writer was killed within it, and sends the whole line to the next program: under another id."""
    cut = combined("GET /cut HTTP/1.1").partition(' "-"')[0]
    for lines in ([], ["BEGIN TRANSACTION"], [combined()]):
        with feeding(sender, *REPLAY) as feeder:
            for line in lines:
                assert feeder.ask(line) == OK
            feeder.process.stdin.write(cut.encode())
            output, errors, code = feeder.end()
        assert (output, code) == (b"", 3)
        assert f"line {len(lines) + 1} has no newline" in errors
    assert collector.totals()["received"] == 1


def test_a_cut_line_with_an_identity_is_unreadable_as_it_is_without_one(tool):
    lines = [f"{number}\t{combined(agent='GPTBot/1.2')}" for number in range(3)]
    cut = "3\t" + combined("GET /cut HTTP/1.1").partition(' "-"')[0]
    result = tool.run("replay", "-", "--site", SITE, "--line-ids", "--dry-run", input="\n".join([*lines, cut]).encode())
    assert result.summary["page visits"] == 3 and result.summary["unreadable"] == 1


def test_lines_in_no_format_are_told_of_once(tool):
    lines = [f"{number}\tsomething else" for number in range(300)]
    result = tool.run("replay", "-", "--site", SITE, "--line-ids", "--dry-run", input=lines)
    assert result.errors.count("in no format that is known") == 1


def test_a_line_without_an_identity_is_not_sent(sender, collector):
    lines = [combined(), "\t" + combined(), "1\t" + combined()]
    result = sender.run("replay", "-", "--site", SITE, "--line-ids", input=lines)
    assert result.code == 1
    assert result.summary["unreadable"] == 2 and result.summary["delivered"] == 1
    assert "line 2: has no identity before a tab" in result.errors
    result = sender.run("send", "-", "--line-ids", input=[event(), f"1\t{event(eventId='given')}"])
    assert result.code == 1
    assert result.summary["refused here"] == 1 and ids(collector)[-1] == "given"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--dry-run",), "--confirm: answers when the events are delivered; expected without --dry-run, --spool and --timeout"),
        (("--timeout", "3"), "--confirm: answers when the events are delivered; expected without --dry-run, --spool and --timeout"),
    ],
)
def test_flags_that_contradict_answers_are_refused(sender, arguments, reason, tmp_path):
    result = sender.run(*REPLAY, *arguments)
    assert (result.code, result.output) == (2, "")
    assert reason in result.errors
    log = tmp_path / "access.log"
    log.write_text(combined() + "\n")
    result = sender.run("replay", log, "--site", SITE, "--confirm")
    assert (result.code, result.output) == (2, "")
    assert "--confirm: found a file; expected -, for standard input" in result.errors
