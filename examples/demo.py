#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demo of `make demo`: sends a web server's access log to a local collector as checked events.

    .venv/bin/python examples/demo.py [--port 3000] [--log LOG --site URL]

Starts the collector, replays the log with tpc-events, sends one event each from a program in C, Python, Node and PHP, and
shows what was received from whom.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "collector"))

import languages  # noqa: E402
from tpc_collector.agents import agent_name  # noqa: E402

KEPT = 200_000
TOP = 12
# Connects to the collector directly, even if the environment names a proxy.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class DemoError(Exception):
    """A failure, with a message for the person at the terminal."""


def main():
    """Runs the demo and returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=3000, help="the collector's port (%(default)s)")
    parser.add_argument("--log", default=ROOT / "examples/access.log", help="an access log (%(default)s)")
    parser.add_argument("--site", default="https://docs.example.com", help="the log's site (%(default)s)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="what make built (%(default)s)")
    options = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    try:
        with Collector(options.port) as collector:
            run(options, collector)
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run(options, collector):
    """Runs the steps and shows the results."""
    environment = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("TPC_", "THE_PROMPTING_COMPANY_"))
    }  # fmt: skip
    environment |= {"TPC_API_KEY": "demo-key", "THE_PROMPTING_COMPANY_BASE_URL": collector.url}

    title(f"1. The collector listens on {collector.url}")
    title(f"2. tpc-events replays {shown(options.log)} as visits of {options.site}")
    replay(options, environment)
    title("3. Programs in four languages send one event each")
    send_from_programs(options.build, environment)
    title("What the collector received")
    report(collector.received())


def replay(options, environment):
    """Sends the log. Real logs contain lines that cannot be read, so exit code 1 is not a failure of the demo."""
    command = [options.build / "bin/tpc-events", "replay", options.log, "--site", options.site]
    print(f"   $ tpc-events replay {shown(options.log)} --site {options.site}\n")
    try:
        code = subprocess.run(command, env=environment).returncode
    except OSError as error:
        raise DemoError(f"cannot run {command[0]}: {error.strerror}; run make first") from None
    if code not in (0, 1):
        raise DemoError(f"tpc-events ended with exit code {code}")


def send_from_programs(build, environment):
    """Installs the built packages, each into a folder of its own, and runs the examples with them."""
    with tempfile.TemporaryDirectory() as directory:
        try:
            for program in languages.programs(build, pathlib.Path(directory)):
                print(f"   $ {program.typed}")
                program.run(environment)
        except subprocess.CalledProcessError as error:
            said = (error.stderr or "").strip()
            raise DemoError(f"{pathlib.Path(error.cmd[0]).name} ended with exit code {error.returncode}: {said}") from None
        except OSError as error:
            raise DemoError(f"cannot run {error.filename}: {error.strerror}; run make all wheel npm php first") from None


class Collector:
    """The local collector, as a process that ends with the `with` block."""

    def __init__(self, port):
        self.port = port

    def __enter__(self):
        command = [sys.executable, "-m", "tpc_collector", "--port", str(self.port), "--keep", str(KEPT), "--quiet"]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "collector")}
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        first = self.process.stdout.readline()
        if not first.startswith("listening on "):
            self.stop()
            if "is taken" in first:
                raise DemoError(
                    f"port {self.port} is taken by another program, so the collector cannot listen there; "
                    f"choose another one: make demo PORT={self.port + 1}"
                )
            raise DemoError(f"the collector did not start: {first.strip() or 'it printed nothing'}")
        self.url = first.split()[-1]
        # Reads whatever else it prints, so that it never blocks on a full pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.stop()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def received(self):
        """The totals, and the requests that are kept."""
        with direct.open(self.url + "/_tpc/all", timeout=60) as answer:
            return json.load(answer)


# ---- What it looks like ----------------------------------------------------------------------------------------------


def report(received):
    """Prints totals, senders, pages, agents, visitors from AI answers, and refusals."""
    totals = received["totals"]
    events = [record["event"] for record in received["events"] if record["verdict"] == "good"]
    requests = [event.get("request") or {} for event in events]
    print(f"   {totals['good']:,} events accepted, {totals['distinct_ids']:,} distinct, {totals['bad']:,} refused")
    bars("Senders", collections.Counter(sender(event.get("sdk") or {}) for event in events))
    bars("Pages", collections.Counter(event["page"].get("pathname", "/") for event in events))
    bars("Agents", collections.Counter(agent_name(request.get("userAgent")) for request in requests))
    bars("People who came from an AI answer", collections.Counter(totals["answers"]))
    refusals = collections.Counter(str(record["reason"]) for record in received["events"] if record["verdict"] == "bad")
    if refusals:
        bars("Refusals", refusals)
    else:
        print("\n   Refusals: none")
    if totals["good"] == 0 or totals["bad"] > 0:
        raise DemoError("not every event was accepted")


def sender(sdk):
    """The sender of an event: a language's package and runtime, or the tool."""
    return f"{sdk.get('name')} ({sdk.get('runtime')})"


def bars(name, counts):
    """Prints a table of the most frequent values, each with a bar."""
    if not counts:
        return
    width = min(max(shutil.get_terminal_size((80, 24)).columns, 60), 120)
    top = counts.most_common(TOP)
    label = min(max(len(printable(text)) for text, _ in top), width // 2)
    number = len(f"{top[0][1]:,}")
    room = width - label - number - 8
    more = len(counts) - len(top)
    print(f"\n   {name}" + (f" (the first {TOP} of {len(counts):,})" if more > 0 else ""))
    for text, count in top:
        text = printable(text)
        text = text if len(text) <= label else text[: label - 3] + "..."
        bar = block() * max(1, round(count / top[0][1] * room))
        print(f"   {text:<{label}}  {count:>{number},}  {bar}")


def block():
    """The character that bars are made of, if the terminal's encoding has it."""
    try:
        "█".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#"
    return "█"


def title(text):
    """Prints a heading, in bold on a terminal."""
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    print(f"\n{bold}{text}{plain}")


def printable(text):
    """Text from a log, without characters that a terminal would act on."""
    return "".join(character if character.isprintable() else "?" for character in text)


def shown(path):
    """A path, relative to the tree if it is inside."""
    path = pathlib.Path(path)
    try:
        return path.resolve().relative_to(ROOT)
    except ValueError:
        return path


if __name__ == "__main__":
    sys.exit(main())
