# SPDX-License-Identifier: Apache-2.0
"""tpc-events spool purge: it deletes what it was asked to, and nothing that a process uses."""

import os
import signal

import pytest

from tool.spools import PENDING, PURGED, Host, event, leave, offsets, private, received, record, segment, segments
from tool.test_tool_spool_list import fill


@pytest.fixture(name="spool")
def spool_fixture(tmp_path):
    return tmp_path / "spool"


def purge(tool, spool, *arguments):
    return tool.run("spool", "purge", spool, *arguments)


def test_all_deletes_events_of_every_account_files_set_aside_and_folders(sender, spool):
    folder = leave(sender, spool, "a", "b")
    leave(sender, spool, "c", TPC_API_KEY="another-key")
    private(folder / "s0003.bad", segment(event("d").encode(), tries=5))
    private(folder / "sender-0", bytes(8))
    result = purge(sender, spool, "--all")
    assert (result.code, result.errors) == (0, "")
    assert (result.summary["events deleted"], result.summary["events left"], result.summary["files removed"]) == (4, 0, 3)
    assert list(spool.iterdir()) == []


def test_older_events_are_marked_where_they_are_and_the_others_are_sent(sender, collector, spool):
    folder = leave(sender, spool, "young")
    (mixed,) = segments(spool)
    # The same file goes on with what was accepted long before.
    content = bytearray(segment(event("old").encode(), event("older").encode(), age=8 * 86400))
    old = private(folder / "s0001.tpc1", content)
    aside = private(folder / "s0002.bad", segment(event("aside").encode(), age=8 * 86400))
    result = purge(sender, spool, "--older", "7d")
    assert (result.code, result.summary["events deleted"], result.summary["events left"]) == (0, 2, 1)
    assert (mixed.exists(), old.exists(), aside.exists(), result.summary["files removed"]) == (True, False, True, 1)
    assert sender.run("spool", "drain", spool).code == 0
    assert received(collector) == ["young"]


def test_a_segment_with_old_and_new_events_keeps_the_new_ones(sender, collector, spool):
    folder = leave(sender, spool, "young")
    content = segment(event("old").encode(), event("new").encode(), age=3600)
    # Its second record was accepted half an hour after the first.
    boot = int.from_bytes(content[32:40], "little")
    head, later = offsets(content)
    content = content[:later] + record(event("new").encode(), 1, boot + 1_800_000)
    file = private(folder / "s0001.tpc1", content)
    result = purge(sender, spool, "--older", "45m")
    assert (result.code, result.summary["events deleted"], result.summary["events left"]) == (0, 1, 2)
    after = file.read_bytes()
    assert (after[head + 13], after[later + 13]) == (PURGED, PENDING)
    assert len(after) == len(content)
    assert sender.run("spool", "drain", spool).code == 0
    assert received(collector) == ["new", "young"]


def test_what_a_process_uses_is_left_alone(sender, collector, spool):
    collector.mode({"status": 503})
    with Host(collector.url, spool) as host, Host(collector.url, spool, spool_sender="never") as writer:
        host.track("a")
        writer.track("b", "c")
        result = purge(sender, spool, "--all")
        assert (result.code, result.summary["events deleted"], result.summary["events left"], result.summary["files in use"]) == (0, 0, 3, 2)
        writer.track("d")
    assert sender.run("spool", "list", spool).summary["pending events"] == 4


def test_a_file_whose_sender_is_alive_is_left_to_it(sender, collector, spool):
    leave(sender, spool, "a")
    collector.mode({"delay_ms": 60_000})
    with sender.start("spool", "drain", spool) as process:
        while collector.totals()["received"] == 0:
            pass
        result = purge(sender, spool, "--all")
        assert (result.summary["events deleted"], result.summary["files in use"]) == (0, 1)
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_foreign_files_and_other_formats_are_never_removed(tool, spool):
    folder = fill(spool)
    result = purge(tool, spool, "--all")
    assert result.code == 1
    assert result.summary["events deleted"] == 1
    assert set(os.listdir(folder)) >= {"s0001.tpc1", "s0002.tpc1", "s0003.tpc1", "s0006.tpc1", "s0007.tpc1", "s0010.tpc2", "README"}
    assert not (folder / "s0000.tpc1").exists()


def test_what_cannot_be_read_is_deleted_with_all_only(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    content = bytearray(segment(event("a").encode(), event("b").encode(), event("c").encode(), age=86400))
    content[offsets(content)[1] + 60] ^= 1
    file = private(folder / "s0000.tpc1", content)
    result = purge(tool, spool, "--older", "1h")
    assert (result.summary["events deleted"], file.exists()) == (2, True)
    assert purge(tool, spool, "--all").summary["files removed"] == 1
    assert not file.exists()
