# SPDX-License-Identifier: Apache-2.0
"""Which files replay reads, in which order, and what it takes for their lines."""

import gzip
import os
import subprocess

import pytest

from support.paths import LIBRARY
from tool.logs import combined

SITE = ("--site", "https://example.com", "--dry-run")


def line(page, hour=10):
    return combined(request=f"GET /{page} HTTP/1.1", time=f"23/Nov/2026:{hour:02}:00:00 +0000") + "\n"


def replay(tool, *operands, **options):
    return tool.run("replay", *operands, *SITE, **options)


def pages(result):
    return [event["page"]["pathname"][1:] for event in result.events]


def zstd(text):
    return subprocess.run(["zstd", "-qc"], input=text, capture_output=True, check=True).stdout


@pytest.fixture(name="logs")
def logs_fixture(tmp_path):
    """A folder of a rotated log, whose names and times of change say nothing about its order, with what else is there."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "access.log").write_text(line("third", 12))
    (folder / "access.log.1").write_bytes(zstd(line("second", 11).encode()))
    (folder / "access.log.2.gz").write_bytes(gzip.compress(line("first", 9).encode()) + gzip.compress(line("first-b").encode()))
    (folder / "notes.txt").write_text("nothing of the kind\n")
    (folder / "empty.log").touch()
    (folder / ".hidden").write_text(line("hidden"))
    (folder / "inner").mkdir()
    (folder / "inner" / "access.log").write_text(line("inner"))
    for number, name in enumerate(("access.log", "access.log.1", "access.log.2.gz")):
        os.utime(folder / name, (1000 + number, 1000 + number))
    return folder


ALL = ["first", "first-b", "second", "third"]


def test_a_folder_is_read_in_the_order_of_time_with_one_summary(tool, logs):
    result = replay(tool, logs)
    assert (result.code, pages(result)) == (0, ALL)
    assert (result.summary["files"], result.summary["lines"], result.summary["page visits"]) == (4, 4, 4)
    assert f"{logs}/notes.txt: has no line with a time; it was left out" in result.errors
    assert f"{logs}: only its own files are read; folders and others in it were left out" in result.errors


@pytest.mark.parametrize("operands", [("*.log*",), ("access.log", "access.log.1", "access.log.2.gz"), ("a*", "access.log")])
def test_patterns_and_paths_are_read_in_that_order_too_and_no_file_twice(tool, logs, operands):
    os.link(logs / "access.log", logs / "access.log.link")
    os.symlink("access.log.1", logs / "access.log.symlink")
    result = replay(tool, *(logs / operand for operand in operands))
    assert (result.code, pages(result)) == (0, ALL)
    assert ("it is read once" in result.errors) == (operands != ("access.log", "access.log.1", "access.log.2.gz"))


def test_complaints_and_the_file_of_unreadable_lines_name_the_file(tool, logs, tmp_path):
    (logs / "access.log").write_text(line("third", 12) + "nothing\n")
    result = replay(tool, logs / "access.log", logs / "access.log.2.gz", "--unreadable", tmp_path / "unreadable")
    assert f"tpc-events: {logs}/access.log, line 2: " in result.errors
    number, reason, text = (tmp_path / "unreadable").read_text().rstrip("\n").split("\t")
    assert (number, reason.startswith(f"{logs}/access.log: "), text) == ("2", True, "nothing")


@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])
def test_compressed_logs_are_read_from_standard_input_too(tool, tmp_path, pack):
    text = "".join(line(f"p{number}") for number in range(20_000)).encode()
    packed = pack(text[:1000]) + pack(text[1000:])
    whole = replay(tool, "-", input=text)
    assert replay(tool, "-", input=packed).output == whole.output
    # A line has the id that it has in any other file.
    (tmp_path / "log").write_bytes(packed)
    result = replay(tool, tmp_path / "log")
    assert (result.code, result.output) == (0, whole.output)
    garbage = replay(tool, "-", input=packed + b"garbage")
    assert (garbage.code, garbage.output) == (0, whole.output)
    assert "standard input has other bytes after its compressed data, which were left out" in garbage.errors
    cut = replay(tool, "-", input=packed[:-20])
    assert cut.code == 1 and whole.output.startswith(cut.output) and len(cut.lines) > 19_000 - 10_000
    assert "standard input is cut off: its compressed data has no end" in cut.errors
    assert cut.summary["damaged files"] == 1
    broken = bytearray(packed)
    broken[len(packed) // 2] ^= 0xFF
    broken[len(packed) // 2 + 1] ^= 0xFF
    damaged = replay(tool, "-", input=bytes(broken))
    assert damaged.code == 1 and "standard input is damaged: its compressed data cannot be read" in damaged.errors


def test_zeros_after_gzip_are_a_tapes(tool):
    result = replay(tool, "-", input=gzip.compress(line("p").encode()) + bytes(5000))
    assert (result.code, pages(result)) == (0, ["p"]) and "other bytes" not in result.errors


def test_a_damaged_file_keeps_nothing_from_the_others(tool, logs):
    (logs / "access.log.2.gz").write_bytes((logs / "access.log.2.gz").read_bytes()[:-10])
    result = replay(tool, logs)
    assert (result.code, pages(result)) == (1, ["first", "second", "third"])


def test_each_file_may_have_a_format_of_its_own(tool, tmp_path):
    (tmp_path / "a.log").write_text(line("combined"))
    (tmp_path / "b.log").write_text(
        '{"ts":1795435200.5,"request":{"client_ip":"192.0.2.7","method":"GET","host":"www.example.org","uri":"/caddy",'
        '"headers":{"User-Agent":["GPTBot/1.2"]}},"status":200,"size":10}\n'
    )
    result = replay(tool, tmp_path)
    assert (result.code, sorted(pages(result))) == (0, ["caddy", "combined"])
    assert "a.log: read as combined" in result.errors and "b.log: read as caddy" in result.errors


@pytest.mark.parametrize(
    ("operands", "message"),
    [
        (["-", "LOGS/access.log"], "-: found with other logs; expected standard input alone, or files"),
        (["LOGS/missing*"], "LOGS/missing*: no file matches"),
        (["LOGS/missing"], "cannot open LOGS/missing: No such file or directory"),
        ([], "replay takes access logs, folders or patterns, or - for standard input"),
    ],
)
def test_what_cannot_be_read_is_told(tool, logs, operands, message):
    result = replay(tool, *(operand.replace("LOGS", str(logs)) for operand in operands))
    assert (result.code, result.output) == (2, "")
    assert message.replace("LOGS", str(logs)) in result.errors


def test_the_library_links_none_of_the_tools_libraries():
    needed = subprocess.run(["readelf", "-d", LIBRARY], capture_output=True, text=True, check=True).stdout
    assert not any(name in needed for name in ("libz.so", "libzstd", "libcrypto"))
