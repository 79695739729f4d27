"""What reading logs costs, beside grep, zcat and GoAccess on the same lines.

SPDX-License-Identifier: Apache-2.0
"""

import gzip
import os
import random
import resource
import shutil
import statistics
import subprocess

import programs
from table import row

TOOL = programs.ROOT / "build" / "bin" / "tpc-events"
REPLAY = [str(TOOL), "replay", "--site", "https://example.com", "--dry-run"]
# The requests that are page visits by method and status.
GREP = ["grep", "-cE", '"(GET|HEAD) [^"]*" (200|304) ']
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
)
PATHS = ("/docs/{}", "/blog/{}?ref=news", "/products/{}", "/images/{}.png", "/static/{}.css", "/api/{}")
REFERRERS = ("-", "https://example.com/", "https://www.google.com/", "https://chatgpt.com/")


def logs(settings):
    """Each program reads the same file, in turn; the figures are the CPU of all its processes."""
    folder = programs.OUTPUT
    folder.mkdir(parents=True, exist_ok=True)
    log, archive = folder / "access.log", folder / "access.log.gz"
    write(log, settings.lines)
    with log.open("rb") as source, gzip.open(archive, "wb", 6) as target:
        shutil.copyfileobj(source, target)
    commands = {
        "grep": [*GREP, str(log)],
        "replay": [*REPLAY, str(log)],
        "report": [str(TOOL), "report", str(log)],
        "archive": [*REPLAY, str(archive)],
        "pipe": ["sh", "-c", f"zcat {archive} | {' '.join(REPLAY)} -"],
    }
    if shutil.which("goaccess"):
        commands["goaccess"] = ["goaccess", str(log), "--log-format=COMBINED", "--no-global-config", "-o", str(folder / "goaccess.json")]
    runs = {name: [] for name in commands}
    for _ in range(settings.pairs):
        for name, command in commands.items():
            if name != "goaccess" or not runs[name]:
                runs[name].append(cpu_and_memory(command))
    seconds = {name: statistics.median(run[0] for run in found) for name, found in runs.items()}
    memory = max(run[1] for run in runs["replay"])
    return rows(settings, seconds, memory), {"lines": settings.lines, "cpu_s": seconds, "replay_peak_kib": memory}


def rows(settings, seconds, memory):
    rate = settings.lines / seconds["replay"]
    to_grep, to_pipe = seconds["replay"] / seconds["grep"], seconds["archive"] / seconds["pipe"]
    others = [f"report {seconds['report'] / seconds['grep']:.1f} x"]
    if "goaccess" in seconds:
        others.append(f"GoAccess {seconds['goaccess'] / seconds['grep']:.1f} x")
    return [
        row("replay --dry-run, CPU to grep -cE", "14 x", f"{to_grep:.1f} x ({rate:,.0f} lines/s); {', '.join(others)}", to_grep <= 14),
        row("replay of gzip, CPU to zcat | replay", "1.5 x", f"{to_pipe:.2f} x", to_pipe <= 1.5),
        row("replay's memory, at its peak", "64 MiB", f"{memory / 1024:.0f} MiB", memory <= 64 * 1024),
    ]


def write(path, lines):
    chosen = random.Random(1)
    with path.open("w", encoding="ascii") as file:
        for number in range(lines):
            second = number // 5
            time = f"{1 + second // 86400:02}/Oct/2026:{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02} +0000"
            target = chosen.choice(PATHS).format(chosen.randrange(5000))
            status = chosen.choice((200, 200, 200, 200, 304, 301, 404))
            file.write(
                f'203.0.113.{number % 254 + 1} - - [{time}] "GET {target} HTTP/1.1" {status} {chosen.randrange(90000)} '
                f'"{chosen.choice(REFERRERS)}" "{chosen.choice(AGENTS)}"\n'
            )


def cpu_and_memory(command):
    """Seconds of CPU, and KiB of memory at the peak, of a command with all its processes."""
    environment = dict(os.environ, LC_ALL="C")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        # With its output in /dev/null, grep stops at the first line that matches.
        output = subprocess.PIPE if command[0] == "grep" else subprocess.DEVNULL
        result = subprocess.run(command, env=environment, stdout=output, stderr=subprocess.DEVNULL, check=False)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writer, f"{result.returncode} {used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        code, seconds, memory = file.read().split()
    os.waitpid(child, 0)
    if code != "0":
        raise RuntimeError(f"{command[0]} ended with {code}")
    return float(seconds), int(memory)
