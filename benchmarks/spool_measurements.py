"""What a spool costs, beside a plain C program that writes and reads the same bytes.

SPDX-License-Identifier: Apache-2.0
"""

import statistics
import tempfile

import programs
from table import row

PROCESSES = (1, 4, 16)
# What it is called, and the microseconds from one event of a process to its next.
PACES = (("hot", 0), ("one a ms", 1000))
EVENTS = {0: 500, 1000: 200}  # of each kind in a round


def spool(settings):
    rows, raw = [], {}
    for parts in append(settings), instructions(), recover(settings):
        rows += parts[0]
        raw.update(parts[1])
    return rows, raw


def run(mode, *arguments):
    """Runs the program in a folder of its own, on the file system of the build."""
    with tempfile.TemporaryDirectory(dir=programs.OUTPUT, prefix="spool-") as folder:
        return programs.run("spool", mode, "-d", folder, *arguments)


def append(settings):
    """The runs with 1, 4 and 16 processes take turns, so that all meet the same machine."""
    rows, raw = [], {}
    for pace, pause in PACES:
        turns = 3
        rounds = max(3, settings.rounds // (4 if pause else 2))
        results = {processes: [] for processes in PROCESSES}
        for _ in range(turns):
            for processes in PROCESSES:
                arguments = ["-p", processes, "-n", EVENTS[pause], "-r", rounds, "-w", pause]
                results[processes].append(run("append", *arguments))
        for processes in PROCESSES:
            raw[f"append, {pace}, {processes}"] = results[processes]
            rows.append(append_row(pace, processes, results[processes]))
        rows.append(growth_row(pace, results))
    return rows, raw


def append_row(pace, processes, results):
    """The ratio is that of medians in one round, without the clock's own time; of all rounds, the median."""
    ratios = []
    for result in results:
        clock = result["clock"]
        for kinds in zip(*(result[kind]["medians"] for kind in ("with", "plain", "without"))):
            ours, plain, without = (nanoseconds - clock for nanoseconds in kinds)
            ratios.append(ours / (plain + without))
    ratio = statistics.median(ratios)
    figures = [
        "/".join(f"{statistics.median(result[kind][share] for result in results) / 1000:.1f}" for share in ("p50", "p90", "p99"))
        for kind in ("with", "plain", "without")
    ]
    what = f"track with a spool, {pace}, {processes} process{'es' if processes > 1 else ''}"
    measured = f"{ratio:.2f} x ({figures[0]} us; plain {figures[1]}, track without {figures[2]})"
    return row(what, "<= 1.3 x", measured, ratio <= 1.3)


def growth_row(pace, results):
    """What 16 processes take of the time of one."""
    medians = {
        kind: {n: statistics.median(result[kind]["p50"] for result in results[n]) for n in (1, 16)} for kind in ("with", "plain")
    }
    ratio, plain = (medians[kind][16] / medians[kind][1] for kind in ("with", "plain"))
    return row(f"  16 processes beside one, {pace}", "<= 1.5 x", f"{ratio:.2f} x (plain {plain:.2f} x)", ratio <= 1.5)


def instructions():
    """By callgrind, without the system's own: of two runs, whose difference leaves out what starts and ends a program."""
    counts = {}
    for kind in ("with", "plain", "without"):
        runs = []
        for calls in (200, 1200):
            with tempfile.TemporaryDirectory(dir=programs.OUTPUT, prefix="spool-") as folder:
                runs.append(programs.instructions("spool", "append", "-d", folder, "-k", kind, "-n", calls))
        if None in runs:
            return [], {}
        counts[kind] = round((runs[1] - runs[0]) / 1000)
    ratio = counts["with"] / (counts["plain"] + counts["without"])
    measured = f"{ratio:.2f} x ({counts['with']:,}; plain {counts['plain']:,}, track without {counts['without']:,})"
    return [row("  its instructions", "<= 1.3 x", measured, ratio <= 1.3)], {"instructions": counts}


def recover(settings):
    """A sender for all follows up to 512 segments at once, so that a million events are two spools of half a million."""
    results = [run("recover", "-n", settings.recovered, "-r", 3) for _ in range(2)]
    events = 2 * settings.recovered
    seconds = {side: sum(min(turn[side][0] for turn in result["seconds"]) for result in results) for side in ("library", "plain", "checked")}
    cpu = {side: sum(min(turn[side][1] for turn in result["seconds"]) for result in results) for side in seconds}
    ratio = seconds["library"] / seconds["plain"]
    each = {side: value / events * 1e6 for side, value in seconds.items()}
    disk, size = (sum(result[key] for result in results) / events for key in ("disk_bytes", "event_bytes"))
    detail = f"{seconds['library']:.2f} s against {seconds['plain']:.2f}; {each['library']:.2f} against {each['plain']:.2f} us an event"
    rows = [
        row(f"take over {events:,} events", "<= 3 x", f"{ratio:.1f} x ({detail})", ratio <= 3),
        row("  of it, the contract's check", "", f"{each['checked']:.2f} us an event", True),
        row("disk for an event", "", f"{disk:.0f} bytes, of which {size:.0f} are its JSON", True),
    ]
    return rows, {"recover": results, "recover_cpu_seconds": cpu}
