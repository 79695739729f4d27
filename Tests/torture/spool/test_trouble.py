"""Hosts that get in the way of their own spool: they come to no harm, and all that they tracked is delivered."""

import errno
import os

import pytest

from .trouble import NOBODY, run, run_after_a_killed_one, run_drained, run_full_spool, run_mounted

KIB = 1024


def is_delivered(ended):
    counters = ended.counters
    return counters["accepted"] == counters["delivered"] == len(ended.arrived)


@pytest.mark.parametrize("when", ["size", "size-later"])
@pytest.mark.parametrize("limit", [0, 64 * KIB, 1024 * KIB])
def test_a_limit_of_the_files_size_does_not_end_the_host(when, limit):
    ended = run(when, limit)
    assert is_delivered(ended) and len(ended.lines) <= 1
    if limit == 0:
        assert ended.counters["unspooled"] > 0 and "RLIMIT_FSIZE" in ended.lines[0]


def test_a_folder_that_is_removed_under_load_costs_no_event():
    assert is_delivered(run("removed"))


def test_a_folder_that_may_not_be_entered_any_more_costs_no_event():
    assert is_delivered(run("no-access", user=NOBODY if os.geteuid() == 0 else None))


def test_files_of_the_hosts_that_get_the_spools_numbers_stay_as_they_are():
    ended = run("closed")
    assert is_delivered(ended) and len(ended.lines) == 2


def test_what_was_on_disk_when_the_host_closed_every_descriptor_is_delivered_by_the_next():
    ended = run_drained("all-closed")
    assert ended.left == []
    assert {f"before-{number}" for number in range(200)} <= ended.arrived


def test_a_host_that_closed_every_descriptor_between_two_segments_opens_the_folder_anew():
    ended = run_after_a_killed_one("idle-closed")
    assert ended.left == [] and ended.lines == [] and ended.counters["unspooled"] == 0
    assert {"noticed-0", *(f"after-{number}" for number in range(100))} <= ended.arrived


def test_a_host_without_descriptors_keeps_events_in_memory_until_it_has_some():
    ended = run("exhausted")
    assert is_delivered(ended)
    assert [("memory" in line, "again" in line) for line in ended.lines] == [(True, False), (False, True)]


def test_a_full_disk_keeps_events_in_memory_until_there_is_room():
    ended = run_mounted("full", errno.ENOSPC)
    assert is_delivered(ended) and ended.counters["unspooled"] > 0
    assert [("memory" in line, "again" in line) for line in ended.lines] == [(True, False), (False, True)]


def test_a_disk_that_is_read_only_costs_a_line():
    ended = run_mounted("read-only", errno.EROFS)
    assert is_delivered(ended) and len(ended.lines) == 1 and ended.counters["unspooled"] == ended.counters["accepted"]
    assert f"error {errno.EROFS};" in ended.lines[0]


def test_a_spool_that_is_full_keeps_events_in_memory():
    ended = run_full_spool()
    assert is_delivered(ended) and ended.counters["unspooled"] > 0
    assert any("spool_max_bytes" in line for line in ended.lines)
