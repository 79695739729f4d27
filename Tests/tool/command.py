# SPDX-License-Identifier: Apache-2.0
"""Runs tpc-events as a user would."""

import dataclasses
import json
import os
import subprocess

from support.paths import BUILD

# TPC_EVENTS names another build of the tool.
TOOL = os.environ.get("TPC_EVENTS", BUILD / "bin" / "tpc-events")
# A run that has not ended by then has hung.
SECONDS = 120


def clean_environment():
    """The environment without options of the machine that runs the tests, and without proxies."""
    return {
        name: value for name, value in os.environ.items()
        if not name.startswith(("TPC_", "THE_PROMPTING_COMPANY_")) and not name.lower().endswith("_proxy")
    }  # fmt: skip


@dataclasses.dataclass
class Result:
    code: int
    output: str
    errors: str

    @property
    def lines(self):
        return self.output.splitlines()

    @property
    def events(self):
        """What --dry-run printed."""
        return [json.loads(line) for line in self.lines]

    @property
    def summary(self):
        """The rows of the summary, as numbers by name; a row that is left out counts as 0."""
        rows = Rows()
        for line in (self.output + self.errors).splitlines():
            name, _, number = line.strip().rpartition(" ")
            if name and number.replace(",", "").isdigit():
                rows[name.strip()] = int(number.replace(",", ""))
        return rows


class Rows(dict):
    def __missing__(self, name):
        return 0


class Tool:
    def __init__(self, path, environment):
        self.path = path
        self.environment = environment

    def run(self, *arguments, input=b"", **environment):
        """Runs the tool to its end; `input` is bytes, text, or a list of lines."""
        result = subprocess.run(
            self.command(arguments), input=as_bytes(input), capture_output=True,
            env=self.environment | environment, timeout=SECONDS,
        )  # fmt: skip
        return Result(result.returncode, result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace"))

    def start(self, *arguments, **options):
        """Starts the tool with pipes; for use in a `with` block."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(self.command(arguments), env=self.environment, **(pipes | options))

    def command(self, arguments):
        return [str(self.path), *map(str, arguments)]


def as_bytes(lines):
    """Lines, each with its newline."""
    if isinstance(lines, bytes):
        return lines
    if isinstance(lines, str):
        return lines.encode()
    return b"".join(line + b"\n" if isinstance(line, bytes) else line.encode() + b"\n" for line in lines)


def event(**members):
    """The JSON of a good event with these members besides."""
    return json.dumps({"event": "page_visit", "page": {"href": "https://example.com/docs"}, **members})
