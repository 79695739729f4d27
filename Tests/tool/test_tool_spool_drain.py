# SPDX-License-Identifier: Apache-2.0
"""tpc-events spool drain: what processes left is sent, and what is not sent stays."""

import json
import os
import pathlib
import pty
import shutil
import signal
import tempfile

import pytest

from tool.spools import Host, event, leave, private, received, segment, segments
from tool.test_tool_send_file import read_all
from tool.test_tool_spool_list import fill

# So that an outage is over soon.
QUICK = ("--retry-initial-ms", "20", "--retry-max-ms", "50")
IDS = [f"e-{number:03}" for number in range(100)]


@pytest.fixture(name="spool")
def spool_fixture(tmp_path):
    return tmp_path / "spool"


def drain(sender, spool, *arguments, **environment):
    return sender.run("spool", "drain", spool, *QUICK, *arguments, **environment)


def pending(sender, spool):
    return sender.run("spool", "list", spool).summary["pending events"]


def balanced(rows):
    ends = ("delivered", "rejected by server", "expired")
    left = ("to be sent", "in use by others", "of other accounts", "set aside")
    return rows["events"] == sum(rows[name] for name in ends) and rows["left in the spool"] == sum(rows[name] for name in left)


# ---- sending


def test_what_a_killed_process_left_arrives_as_it_was_tracked(sender, collector, spool):
    collector.mode({"status": 503})
    with Host(collector.url, spool) as host:
        host.track(*IDS)
    shown = sender.run("spool", "list", "--events", spool)
    assert [one["eventId"] for one in shown.events] == IDS
    collector.reset()
    result = drain(sender, spool)
    assert (result.code, result.errors) == (0, "")
    assert (result.summary["events"], result.summary["delivered"], result.summary["left in the spool"]) == (100, 100, 0)
    assert received(collector) == IDS
    assert {record["body"] for record in collector.good()} == set(shown.lines)
    assert segments(spool) == []


def test_an_empty_spool_is_drained_at_once_and_nothing_is_made_in_it(sender, collector, tmp_path):
    result = drain(sender, tmp_path)
    assert (result.code, result.summary["events"], list(tmp_path.iterdir())) == (0, 0, [])


def test_what_the_server_rejects_is_written_to_a_file_that_send_takes(sender, collector, spool, tmp_path):
    leave(sender, spool, "good", "bad", "worse")
    collector.mode({"count": 1}, {"status": 422})
    file = tmp_path / "rejected.tsv"
    result = drain(sender, spool, "--rejected", file, "--max-in-flight", "1")
    assert (result.code, result.summary["delivered"], result.summary["rejected by server"]) == (1, 1, 2)
    assert balanced(result.summary)
    assert "tpc-events: event bad: unprocessable_entity: HTTP 422" in result.errors
    rows = [line.split("\t", 3) for line in file.read_text().splitlines()]
    assert [(number, code, json.loads(line)["eventId"]) for number, code, _, line in rows] == [
        ("1", "unprocessable_entity", "bad"), ("2", "unprocessable_entity", "worse"),
    ]  # fmt: skip
    assert file.stat().st_mode & 0o777 == 0o600
    collector.reset()
    assert sender.run("send", "-", input=[line for *_, line in rows]).code == 0
    assert received(collector) == ["bad", "worse"]
    assert segments(spool) == []


def test_an_outage_leaves_everything_for_the_next_drain(sender, collector, spool):
    leave(sender, spool, *IDS)
    collector.mode({"status": 503})
    result = drain(sender, spool, "--timeout", "1")
    assert (result.code, result.summary["delivered"]) == (3, 0)
    assert result.summary["to be sent"] == 100 == pending(sender, spool)
    collector.reset()
    assert drain(sender, spool).code == 0
    assert received(collector) == IDS


def test_a_drain_whose_time_is_up_waits_for_what_is_on_its_way(sender, collector, spool):
    leave(sender, spool, *IDS)
    collector.mode({"delay_ms": 100})
    few = ("--max-in-flight", "2", "--max-connections", "2", "--queue-max-events", "16")
    result = drain(sender, spool, "--timeout", "1", *few)
    sent = collector.totals()["distinct_ids"]
    assert (result.code, result.summary["delivered"], result.summary["to be sent"]) == (3, sent, 100 - sent)
    collector.mode()
    assert drain(sender, spool).code == 0
    totals = collector.totals()
    assert (totals["distinct_ids"], totals["duplicates"]) == (100, 0)


def test_without_a_timeout_it_gives_up_when_nothing_is_taken_for_the_delivery_timeout(sender, collector, spool):
    leave(sender, spool, "a")
    collector.mode({"status": 503})
    result = drain(sender, spool, "--delivery-timeout-ms", "300")
    assert (result.code, result.summary["to be sent"], pending(sender, spool)) == (3, 1, 1)


def test_an_outage_in_the_middle_is_waited_out(sender, collector, spool):
    leave(sender, spool, *IDS)
    collector.mode({"count": 20}, {"status": 503, "count": 30})
    result = drain(sender, spool)
    assert (result.code, result.summary["delivered"]) == (0, 100)
    assert received(collector) == IDS


def test_a_wrong_key_leaves_everything_and_says_so(sender, collector, spool):
    leave(sender, spool, "a", "b")
    collector.mode({"status": 401})
    result = drain(sender, spool)
    assert (result.code, result.summary["to be sent"]) == (3, 2)
    assert "the endpoint takes nothing with this configuration; what is left stays in the spool" in result.errors
    assert pending(sender, spool) == 2


def test_events_that_are_too_old_expire(sender, collector, spool):
    folder = leave(sender, spool, "young")
    private(folder / "s0005.tpc1", segment(event("old").encode(), age=2 * 86400))
    result = drain(sender, spool)
    assert (result.code, result.summary["delivered"], result.summary["expired"]) == (3, 1, 1)
    assert (received(collector), segments(spool)) == (["young"], [])
    private(folder / "s0005.tpc1", segment(event("old").encode(), age=2 * 86400))
    assert drain(sender, spool, "--spool-max-age-ms", str(7 * 86400 * 1000)).code == 0


def test_damaged_records_and_foreign_events_cost_only_themselves(sender, collector, spool):
    folder = leave(sender, spool, "a", "b", "c")
    file = folder / "s0000.tpc1"
    content = bytearray(file.read_bytes())
    content[content.index(b"TPCe", 70) + 60] ^= 1
    file.write_bytes(content)
    private(folder / "s0001.tpc1", segment(b'{"event":"other"}', event("d").encode()))
    result = drain(sender, spool)
    assert (result.code, result.summary["damaged records"]) == (1, 2)
    assert received(collector) == ["a", "c", "d"]


def test_a_hostile_folder_neither_stops_it_nor_loses_what_is_good(sender, collector, spool):
    folder = leave(sender, spool, "mine")
    hostile = fill(spool)
    for path in hostile.iterdir():
        target = folder / path.name
        if path.name != "s0000.tpc1" and not target.exists():
            shutil.move(path, target)
    result = drain(sender, spool)
    assert result.code == 1
    assert received(collector) == ["mine"]
    assert (folder / "s0010.tpc2").read_bytes() == b"of a later version"
    assert (folder / "README").exists() and (folder / "s0001.tpc1").is_symlink()


# ---- whose they are


def test_events_of_another_key_are_left_and_all_sends_them(sender, collector, spool):
    leave(sender, spool, "mine")
    leave(sender, spool, "theirs", TPC_API_KEY="another-key")
    result = drain(sender, spool)
    assert (result.code, result.summary["delivered"], result.summary["of other accounts"]) == (0, 1, 1)
    assert "--all sends them with this credential" in result.errors
    assert received(collector) == ["mine"]
    assert drain(sender, spool, "--all").code == 0
    assert received(collector) == ["mine", "theirs"]


def test_a_new_key_of_a_named_organization_finds_its_events(sender, collector, spool):
    leave(sender, spool, "old-key", TPC_ORGANIZATION_SLUG="us")
    assert drain(sender, spool, TPC_ORGANIZATION_SLUG="us", TPC_API_KEY="new-key").code == 0
    assert received(collector) == ["old-key"]


def test_what_a_living_process_sends_is_left_to_it(sender, collector, spool):
    collector.mode({"status": 503})
    with Host(collector.url, spool) as host:
        host.track("a", "b")
        result = drain(sender, spool)
        assert (result.code, result.summary["events"], result.summary["in use by others"]) == (0, 0, 2)
        assert f"s0000.tpc1: 2 events are in use by another process; process {host.pid} began the file" in result.errors
    collector.reset()
    assert drain(sender, spool).summary["delivered"] == 2


def test_two_drains_share_the_work_and_send_nothing_twice(sender, collector, spool):
    folder = leave(sender, spool, "first")
    for slot in range(1, 9):
        private(folder / f"s{slot:04}.tpc1", segment(*[event(f"{slot}-{number}").encode() for number in range(50)]))
    with sender.start("spool", "drain", spool) as one, sender.start("spool", "drain", spool) as two:
        one.communicate()
        two.communicate()
    assert (one.returncode, two.returncode) == (0, 0)
    totals = collector.totals()
    assert (totals["distinct_ids"], totals["duplicates"]) == (401, 0)
    assert segments(spool) == []


# ---- staying


def test_following_sends_what_living_processes_write_until_it_is_told_to_end(sender, collector, spool):
    spool.mkdir(mode=0o700)
    with sender.start("spool", "drain", "--follow", spool) as process:
        with Host(collector.url, spool, spool_sender="never") as host:
            host.track("a")
            collector.wait(1)
            host.track("b")
            collector.wait(2)
        with Host(collector.url, spool, spool_sender="shared") as host:
            host.track("c")
            collector.wait(3)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert [line.split() for line in output.decode().splitlines()][:2] == [["events", "3"], ["delivered", "3"]]
    assert received(collector) == ["a", "b", "c"]


def test_following_survives_that_its_folder_is_removed(sender, collector, spool):
    folder = leave(sender, spool, "a")
    with sender.start("spool", "drain", "--follow", spool) as process:
        collector.wait(1)
        shutil.rmtree(folder)
        leave(sender, spool, "b")
        collector.wait(2)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0
    assert received(collector) == ["a", "b"]


def test_following_all_takes_folders_that_come_later(sender, collector, spool):
    leave(sender, spool, "a")
    with sender.start("spool", "drain", "--follow", "--all", spool) as process:
        collector.wait(1)
        leave(sender, spool, "b", TPC_API_KEY="another-key")
        collector.wait(2)
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0


# ---- ends


def test_an_interrupted_drain_waits_for_what_is_on_its_way_and_leaves_the_rest(sender, collector, spool):
    leave(sender, spool, *IDS)
    collector.mode({"delay_ms": 50})
    with sender.start("spool", "drain", spool, "--max-in-flight", "2", "--queue-max-events", "16") as process:
        collector.wait(4)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate()
    assert process.returncode == 3
    assert b"interrupted; waiting at most 5 seconds for " in errors
    sent = collector.totals()["distinct_ids"]
    assert 4 <= sent < 100 and pending(sender, spool) == 100 - sent
    collector.mode()
    assert drain(sender, spool).code == 0
    totals = collector.totals()
    assert (totals["distinct_ids"], totals["duplicates"]) == (100, 0)


def test_a_second_signal_ends_it_at_once(sender, collector, spool):
    leave(sender, spool, "a")
    collector.mode({"delay_ms": 60_000})
    with sender.start("spool", "drain", spool) as process:
        while collector.totals()["received"] == 0:
            pass
        process.send_signal(signal.SIGTERM)
        while b"waiting at most" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == -signal.SIGTERM
    assert pending(sender, spool) == 1


def test_a_terminal_shows_the_progress(sender, collector, spool):
    leave(sender, spool, *IDS)
    collector.mode({"delay_ms": 20})
    leader, follower = pty.openpty()
    with sender.start("spool", "drain", spool, "--max-connections", "1", "--max-in-flight", "2", stderr=follower) as process:
        os.close(follower)
        shown = read_all(leader)
        output = process.stdout.read()
    assert b"=>" in shown and b" delivered  0 rejected" in shown
    assert shown.endswith(b"\r\x1b[K") and b"\x1b" not in output


# ---- users


@pytest.fixture(name="elsewhere")
def elsewhere_fixture():
    """A folder that every user can reach."""
    folder = pathlib.Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@as_root
def test_root_becomes_the_user_of_the_spool(sender, collector, elsewhere):
    spool = elsewhere / "spool"
    spool.mkdir(mode=0o700)
    os.chown(spool, NOBODY, NOBODY)
    key = elsewhere / "key"
    private(key, b"key-of-the-test\n")
    del sender.environment["TPC_API_KEY"]
    leave(sender, spool, "a", "b", TPC_API_KEY_FILE=str(key))
    assert {(path.stat().st_uid, path.stat().st_gid) for path in spool.rglob("*")} == {(NOBODY, NOBODY)}
    with sender.start("spool", "drain", "--follow", spool, "--api-key-file", key, "--rejected", elsewhere / "rejected") as process:
        collector.wait(2)
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 0
    for name in ("Uid", "Gid"):
        assert f"{name}:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}\n" in status
    assert "Groups:\t \n" in status
    assert {path.stat().st_uid for path in spool.rglob("*")} == {NOBODY}
    assert (elsewhere / "rejected").stat().st_uid == 0


@as_root
def test_nobody_else_may_drain_or_purge_the_spool_of_another_user(sender, elsewhere):
    spool = elsewhere / "spool"
    spool.mkdir(mode=0o755)
    for arguments in (["drain", spool], ["purge", spool, "--all"]):
        with sender.start("spool", *arguments, user=NOBODY, group=NOBODY, extra_groups=[]) as process:
            _, errors = process.communicate()
        assert process.returncode == 2
        assert f"{spool} belongs to user 0; expected to be run by that user, or by root" in errors.decode()


def test_a_folder_that_others_can_write_to_is_refused(sender, spool):
    spool.mkdir()
    spool.chmod(0o777)
    (spool / "0123456789abcdef").mkdir()
    result = drain(sender, spool, "--all")
    assert result.code == 2
    assert "can be written to by other users; expected mode 0700" in result.errors
