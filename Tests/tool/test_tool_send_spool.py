# SPDX-License-Identifier: Apache-2.0
"""tpc-events send --spool: events are on disk, or they are an error."""

import resource

import pytest

from tool.spools import event, received, segments
from tool.test_tool_send_file import rejections


@pytest.fixture(name="spool")
def spool_fixture(tmp_path):
    return tmp_path / "spool"


def large(number):
    return event(f"e-{number:04}", "https://example.com/" + "x" * 4000)


def balanced(rows):
    ends = ("refused here", "left out by options", "not written", "in the spool")
    return rows["lines"] == rows["blank"] + rows["events"] and rows["events"] == sum(rows[name] for name in ends)


def test_events_are_written_and_nothing_is_sent(sender, collector, spool):
    result = sender.run("send", "-", "--spool", spool, input=[event("a"), "", event("b")])
    assert (result.code, result.errors, result.summary["in the spool"]) == (0, "", 2)
    assert balanced(result.summary)
    assert collector.totals()["received"] == 0
    (file,) = segments(spool)
    assert (spool.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o700, 0o600)
    # The next run goes on in the same file.
    assert sender.run("send", "-", "--spool", spool, input=[event("c")]).code == 0
    assert segments(spool) == [file]
    assert sender.run("spool", "drain", spool).code == 0
    assert received(collector) == ["a", "b", "c"]


def test_one_event_is_written_too(sender, collector, spool):
    result = sender.run("send", "--href", "https://example.com/", "--event-id", "one", "--spool", spool, "--spool-sync", "always")
    assert (result.code, result.output.split()) == (0, ["outcome", "in", "the", "spool"])
    assert [one["eventId"] for one in sender.run("spool", "list", "--events", spool).events] == ["one"]
    assert sender.run("send", "--href", "no url", "--spool", spool).code == 1


def test_refused_lines_are_reported_and_the_others_written(sender, spool):
    result = sender.run("send", "-", "--spool", spool, input=[event("a"), "{", event("b", "no url")])
    assert (result.code, result.summary["refused here"], result.summary["in the spool"]) == (1, 2, 1)
    assert "line 2: found its end at byte 1" in result.errors
    assert balanced(result.summary)


def test_events_for_which_there_is_no_room_are_errors_and_can_be_sent_later(sender, collector, spool, tmp_path):
    rejected = tmp_path / "rejected.tsv"
    lines = [large(number) for number in range(400)]
    result = sender.run("send", "-", "--spool", spool, "--spool-max-bytes", 1 << 20, "--rejected", rejected, input=lines)
    assert result.code == 3
    assert balanced(result.summary)
    assert 0 < result.summary["in the spool"] < 400
    assert "spool_directory holds as many files as spool_max_bytes allows" in result.errors
    assert "the disk did not take the event; it was not accepted" in result.errors
    assert collector.totals()["received"] == 0
    again = [line for *_, line in rejections(rejected)]
    assert again == lines[result.summary["in the spool"] :]
    assert sender.run("spool", "drain", spool).code == 0
    assert sender.run("send", "-", input=again).code == 0
    assert collector.totals()["distinct_ids"] == 400


def test_a_limit_on_files_is_an_error_and_no_signal(sender, collector, spool):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

    with sender.start("send", "--href", "https://example.com/", "--spool", spool, preexec_fn=limit) as process:
        _, errors = process.communicate()
    assert process.returncode == 3
    assert b"RLIMIT_FSIZE" in errors and b"the disk did not take the event" in errors
    assert collector.totals()["received"] == 0


def test_an_event_that_is_left_in_the_spool_by_a_plain_send_is_not_delivered(sender, collector, spool):
    collector.mode({"status": 503})
    result = sender.run("send", "-", "--timeout", "0", "--spool-directory", spool, input=[event("a")])
    assert (result.code, result.summary["left in the spool"]) == (3, 1)
    collector.reset()
    assert sender.run("spool", "drain", spool).code == 0
    assert received(collector) == ["a"]
