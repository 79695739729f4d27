"""What docs/when-processes-die.md shows: the program and what it prints, the log lines, and the values that it names."""

import re
import sys

import pages
from support import paths

PAGE = pages.PAGES["docs/when-processes-die.md"]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in paths.ROOT.glob("Sources/TPCCore/**/*.swift"))


def block(kind):
    (found,) = (block for block in pages.blocks(kind) if block.page == PAGE.name)
    return found


def test_the_ledger_is_what_the_program_prints(run, sending, collector, tmp_path):
    collector.reset()
    program = tmp_path / "ledger.py"
    program.write_text(block("ledger").text, encoding="utf-8")
    variable, value = re.match(r"export (\w+)=(\S+)", block("environment").text).groups()
    assert value == "/var/lib/tpc"
    package = {"PYTHONPATH": str(paths.ROOT / "bindings/python"), "TPC_LIBRARY": str(paths.LIBRARY)}
    environment = {**sending, **package, variable: str(tmp_path / "spool")}
    assert run(sys.executable, program, env=environment).stdout == block("printed").text
    visited = {record["event"]["page"]["href"].rpartition("/")[2] for record in collector.good()}
    assert visited == {"pricing", "docs", "blog", ""}


def test_each_printed_ledger_balances():
    for line in block("printed").text.splitlines():
        words = line.split()
        numbers = {name: int(number) for name, number in zip(words[::2], words[1::2])}
        assert numbers["accepted"] + numbers["adopted"] == numbers["delivered"] + numbers["pending"] + numbers["spooled"]


def test_the_lines_for_cron_send_what_lies_there(run, sending, collector, tmp_path):
    collector.reset()
    spool, key = tmp_path / "spool", tmp_path / "key"
    key.write_text("any\n", encoding="utf-8")
    events = tmp_path / "events.jsonl"
    events.write_text('{"event": "page_visit", "page": {"href": "https://example.com/cron"}}\n', encoding="utf-8")
    lines = block("crontab").text.replace("/usr/local/bin/", "").replace("/var/lib/tpc", str(spool))
    variable, line = lines.replace("/etc/tpc/key", str(key)).splitlines()
    *times, user, command = line.split(maxsplit=6)
    assert (times, user) == (["*/5", "*", "*", "*", "*"], "www-data")
    # What cron gives a command, and where the collector is.
    environment = {name: value for name, value in sending.items() if name != "TPC_API_KEY"}
    environment.update([variable.split("=", 1)])
    run("tpc-events", "send", events, "--spool", spool, env=environment)
    assert collector.totals()["good"] == 0
    run("sh", "-c", command, env=environment)
    assert collector.totals()["good"] == 1


def test_the_log_lines_are_the_librarys():
    texts = re.findall(r"^\| `([^`]+)` \|", PAGE.text.partition("## What the log lines mean")[2].partition("\n## ")[0], re.MULTILINE)
    assert len(texts) == 10
    for text in texts:
        for part in re.split("…|(?=, error)", text):
            assert part.strip(" ;") in SOURCES, part
    assert "spool_directory takes events again" in PAGE.text and "spool_directory takes events again" in SOURCES


def test_the_file_systems_and_the_bounds_are_the_librarys():
    shim = (paths.ROOT / "Sources/CTPCPOSIX/spool.h").read_text(encoding="utf-8")
    named = re.search(r"Local disks: ([^.]+)\.", PAGE.text)[1].split(", ")
    for system in named:
        assert ("ext2 to ext4" if system == "ext4" else system) in shim
    options = dict((row[0].strip("`"), row[1].strip("`")) for row in pages.PAGES["docs/options.md"].table("option"))
    assert (options["max_in_flight"], options["max_connections"], options["spool_max_bytes"]) == ("100", "8", str(256 << 20))
    assert options["spool_max_age_ms"] == str(24 * 3600 * 1000)
    turn = re.search(r"static let batch = (\d+)", (paths.ROOT / "Sources/TPCCore/Delivery/DeliveryState.swift").read_text())
    assert f"({turn[1]})" in PAGE.text
