# SPDX-License-Identifier: Apache-2.0
"""tpc-events spool list and check: they show what is there, and change nothing."""

import os
import random
import re

import pytest

from tool.spools import Host, event, leave, offsets, private, record, segment, segments


@pytest.fixture(name="spool")
def spool_fixture(tmp_path):
    return tmp_path / "spool"


def row(result, name):
    """The columns of a file's row."""
    (found,) = [line.split(None, 8) for line in result.lines if line.split()[:1] == [name]]
    return dict(zip(("file", "writer", "sender", "process", "pending", "ended", "oldest", "bytes", "format"), found))


def state(folder):
    """All that a reader must not change."""
    return {
        str(path.relative_to(folder)): (os.lstat(path).st_mode, os.lstat(path).st_mtime_ns, os.lstat(path).st_size, os.lstat(path).st_nlink)
        for path in sorted(folder.rglob("*"))
    }


# ---- list


def test_a_living_writer_is_shown_with_its_process_and_its_events(tool, collector, spool):
    with Host(collector.url, spool, spool_sender="never") as host:
        host.track("a", "b", "c")
        shown = row(tool.run("spool", "list", spool), "s0000.tpc1")
        expected = {"writer": "alive", "sender": "none", "process": str(host.pid), "pending": "3", "ended": "0", "format": "1"}
        assert {name: shown[name] for name in expected} == expected
        assert shown["bytes"] == f"{segments(spool)[0].stat().st_size:,}"
        assert re.fullmatch(r"\d+s", shown["oldest"])
    shown = row(tool.run("spool", "list", spool), "s0000.tpc1")
    assert (shown["writer"], shown["sender"], shown["pending"]) == ("none", "none", "3")


def test_a_process_that_sends_what_it_writes_has_both_locks(tool, collector, spool):
    collector.mode({"status": 503})
    with Host(collector.url, spool) as host:
        host.track("a")
        shown = row(tool.run("spool", "list", spool), "s0000.tpc1")
        assert (shown["writer"], shown["sender"], shown["pending"]) == ("alive", "alive", "1")


def test_what_has_ended_is_counted_apart_and_ages_are_shown(tool, spool):
    (spool / "0123456789abcdef").mkdir(parents=True, mode=0o700)
    content = bytearray(segment(*[event(one).encode() for one in "abc"], age=3 * 86400 + 60))
    content[offsets(content)[1] + 13] = 0xA1
    private(spool / "0123456789abcdef" / "s0012.tpc1", content)
    result = tool.run("spool", "list", spool)
    shown = row(result, "s0012.tpc1")
    assert (shown["pending"], shown["ended"], shown["oldest"]) == ("2", "1", "3d")
    assert (result.code, result.summary["pending events"], result.summary["ended events"]) == (0, 2, 1)
    assert re.search(r"oldest event +3d", result.output)


def test_contents_are_shown_for_events_only_and_each_is_a_line(tool, sender, spool):
    leave(sender, spool, "first-id", "second-id")
    assert "first-id" not in tool.run("spool", "list", spool).output
    result = tool.run("spool", "list", "--events", spool)
    assert (result.code, [one["eventId"] for one in result.events]) == (0, ["first-id", "second-id"])


def test_an_empty_folder_is_fine_and_the_folder_comes_from_the_option_too(tool, tmp_path):
    result = tool.run("spool", "list", TPC_SPOOL_DIRECTORY=str(tmp_path))
    assert (result.code, result.summary["files"], result.errors) == (0, 0, "")


def test_nothing_in_a_name_or_an_event_acts_on_a_terminal(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "s\x1b[31m\n.tpc1").write_bytes(b"")
    private(folder / "s0000.tpc1", segment('{"event":"page_visit","page":{"href":"a:b","title":"\x7f\u009b"}}'.encode()))
    for arguments in (["list"], ["list", "--events"], ["check"]):
        output = tool.run("spool", *arguments, spool).output
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", output)
        assert arguments == ["list", "--events"] or "\\u001B" in output


# ---- hostile folders

HOSTILE = {
    "s0001.tpc1": "is a link",
    "s0002.tpc1": "is not a file",
    "s0003.tpc1": "is not a file",
    "s0004.tpc1": "is not a segment of this version",
    "s0005.tpc1": "is not a segment of this version",
    "s0006.tpc1": "can be used by other users; expected mode 0600",
    "s0007.tpc1": "has another name besides this one",
    "s0008.tpc1": "is larger than a segment",
    "README": "is not one of the spool's files",
    "s00009.tpc1": "is not one of the spool's files",
}


def fill(spool):
    """A folder with one good segment and whatever somebody may have put beside it."""
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    good = segment(event("good").encode())
    private(folder / "s0000.tpc1", good)
    os.symlink("s0000.tpc1", folder / "s0001.tpc1")
    os.mkfifo(folder / "s0002.tpc1", 0o600)
    (folder / "s0003.tpc1").mkdir()
    private(folder / "s0004.tpc1", b"garbage" * 100)
    private(folder / "s0005.tpc1", random.Random(14).randbytes(1 << 20))
    private(folder / "s0006.tpc1", good).chmod(0o644)
    private(folder / "s0007.tpc1", good)
    os.link(folder / "s0007.tpc1", spool / "another")
    private(folder / "s0008.tpc1", b"")
    os.truncate(folder / "s0008.tpc1", 1 << 40)
    private(folder / "README", b"hello")
    private(folder / "s00009.tpc1", good)
    private(folder / "s0010.tpc2", b"of a later version")
    private(folder / "s0011.tpc1", b"")
    private(folder / "sender-0", bytes(8))
    os.symlink(folder, spool / "fedcba9876543210")
    return folder


def test_hostile_files_are_named_and_neither_followed_nor_waited_for(tool, spool):
    folder = fill(spool)
    before = state(spool)
    result = tool.run("spool", "list", spool)
    assert result.code == 0
    for name, flaw in HOSTILE.items():
        assert flaw in [line for line in result.lines if line.split()[:1] == [name]][0]
    assert "another version's" in [line for line in result.lines if "s0010.tpc2" in line][0]
    assert row(result, "s0011.tpc1")["pending"] == "0"
    assert (result.summary["pending events"], result.summary["another version's"]) == (1, 1)
    assert [one["eventId"] for one in tool.run("spool", "list", "--events", spool).events] == ["good"]
    checked = tool.run("spool", "check", spool)
    assert checked.code == 1
    found = {line.split(": ")[0]: line.split(": ")[1] for line in checked.lines if ": " in line}
    assert found == {str(folder / name): flaw for name, flaw in HOSTILE.items()} | {
        str(spool): "holds something else by the name of a destination's folder"
    }
    assert (checked.summary["faults"], checked.summary["pending events"]) == (len(HOSTILE) + 1, 1)
    assert state(spool) == before


# ---- check


def test_what_is_sound_is_found_sound(tool, sender, spool):
    leave(sender, spool, *map(str, range(100)))
    result = tool.run("spool", "check", spool)
    assert (result.code, result.lines[0].split(), result.summary["pending events"], result.summary["faults"]) == (0, ["folders", "1"], 100, 0)


def test_a_damaged_record_is_counted_and_the_others_are_read(tool, sender, spool):
    leave(sender, spool, "a", "b", "c", "d")
    (file,) = segments(spool)
    content = bytearray(file.read_bytes())
    content[offsets(content)[1] + 60] ^= 1
    file.write_bytes(content)
    result = tool.run("spool", "check", spool)
    assert (result.code, result.summary["pending events"]) == (1, 3)
    assert f"{file}: has records that cannot be read: 1\n" in result.output
    assert "records damaged: 1" in row(tool.run("spool", "list", spool), file.name)["format"]


def test_an_event_that_the_contract_does_not_take_is_found_for_all_its_checksum(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    private(folder / "s0000.tpc1", segment(b'{"event":"other"}', event("good").encode(), b"no JSON"))
    result = tool.run("spool", "check", spool)
    assert result.code == 1
    assert f"{folder}/s0000.tpc1: has events that the library would not send: 2\n" in result.output


def test_a_file_that_takes_more_work_than_any_of_the_librarys_is_named(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    fake = b"TPCe\0\0\0\0" + (500_000).to_bytes(4, "little") + b"\1" + bytes(3)
    private(folder / "s0000.tpc1", segment() + fake * 60_000)
    assert "takes more work to read" in tool.run("spool", "check", spool).output


def test_a_segment_set_aside_and_open_folders_are_faults(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    private(folder / "s0003.bad", segment(event("a").encode(), tries=5))
    result = tool.run("spool", "check", spool)
    assert result.code == 1
    assert f"{folder}: can be written to by other users; expected mode 0700\n" in result.output
    assert f"{folder}/s0003.bad: was set aside" in result.output
    assert "set aside" in row(tool.run("spool", "list", spool), "s0003.bad")["format"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_files_and_folders_of_others_are_faults(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    os.chown(private(folder / "s0000.tpc1", segment(event("a").encode())), 65534, 65534)
    other = spool / "0123456789abcde0"
    other.mkdir(mode=0o700)
    os.chown(other, 65534, 65534)
    result = tool.run("spool", "check", spool)
    assert (result.code, result.summary["faults"]) == (1, 2)
    assert f"{folder}/s0000.tpc1: belongs to another user than its folder\n" in result.output
    assert f"{other}: belongs to another user than the spool\n" in result.output


def test_files_that_are_being_written_are_never_found_damaged(tool, collector, spool):
    few = {"spool_max_bytes": 8 << 20}
    with Host(collector.url, spool, spool_sender="never", **few) as one, Host(collector.url, spool, **few) as two:
        one.say("flood")
        two.say("flood")
        for _ in range(5):
            result = tool.run("spool", "check", spool)
            assert (result.code, result.summary["faults"]) == (0, 0), result.output
            assert tool.run("spool", "list", spool).code == 0


def test_records_of_a_former_round_are_not_seen(tool, spool):
    folder = spool / "0123456789abcdef"
    folder.mkdir(parents=True, mode=0o700)
    private(folder / "s0000.tpc1", segment(event("new").encode()) + record(event("old").encode(), 1, 0, salt=8))
    result = tool.run("spool", "check", spool)
    assert (result.code, result.summary["pending events"]) == (0, 1)
