"""The documents as the tests read them: their marked blocks, tables, sections and error texts."""

import re
from dataclasses import dataclass

from support import paths

MARK = re.compile(r"<!-- test: (\w+)(?: (\S+))? -->")

# What a mark says about the block that follows it.
KINDS = {
    "run": "shell commands that are run",
    "names": "shell commands that are too much for a test: their targets and files have to exist",
    "install": "how the packages that `make` builds are installed",
    "program": "a C program, which later commands know by the file's name",
    "fragment": "C statements that have a client, an event and a tpc_error",
    "manifest": "a Package.swift, which SwiftPM reads; the first one builds the Swift program",
    "swift": "a Swift program",
    "statements": "Swift statements that have a PageVisits, a Configuration, a Visit and a WebRequest",
    "swifttest": "a test of a Swift application",
    "ctpc": "a Swift program over the C interface",
    "vapor": "middleware for Vapor, run with declarations like Vapor's",
    "hummingbird": "a server on Hummingbird, which `make test-hummingbird` builds",
    "python": "a Python program",
    "crontab": "lines of a file in /etc/cron.d",
    "environment": "the environment of the page's Python program",
    "ledger": "a Python program that prints the block after it",
    "printed": "what the program before it prints",
    "metrics": "a Python program that brings the counters to a system of metrics",
    "pytest": "a test of a Python application",
    "node": "a JavaScript module",
    "nodetest": "a JavaScript module for node --test, which Tests/bindings/node runs",
    "php": "a PHP script",
    "phpunit": "a test case of PHPUnit",
    "deno": "a module for Deno, run by Node with the one call of Deno that it needs",
    "elixir": "a module in Elixir, whose command and members are compared with the tool's",
    "handler": "a serverless function, which Tests/torture/servers/test_frozen.py calls",
    "report": "how `tpc-events report` begins for the sample log",
    "event": "an event that the contract takes",
    "agents": "a file of agents, which a client takes",
    "cron": "the first line that `tpc-events agents --cron` prints",
    "rsyslog": "a configuration that rsyslogd takes",
    "consume": "a command that reads Kafka until it is ended",
    "fieldmap": "a field map for `tpc-events replay --format`, which reads the line in the block after it",
    "logformat": "the same, as a template in a server's configuration",
    "logline": "a line of a log, which is one visit",
    "nginx": "directives that nginx takes within http, or within server if the mark says so",
    "apache": "directives that Apache httpd takes",
    "openresty": "lines for nginx with Lua: within http, within server, or instead of those of the phases that they name",
    "openrestylog": "what the Lua module logs about a wrong option",
    "picture": "a drawing, with nothing to test",
}


@dataclass
class Block:
    """A fenced block. `kind` is None when there is no mark above it."""

    page: str
    kind: str
    argument: str
    language: str
    text: str
    line: int

    def __str__(self):
        return f"{self.page}:{self.line} {self.kind}"


class Page:
    """One document, by its path from the root of the tree."""

    def __init__(self, path):
        self.name = str(path.relative_to(paths.ROOT))
        self.folder = path.parent
        self.text = path.read_text(encoding="utf-8")

    def __str__(self):
        return self.name

    def blocks(self):
        """The fenced blocks in their order."""
        found, lines, number = [], self.text.splitlines(), 0
        while number < len(lines):
            if lines[number].startswith("```"):
                end = lines.index("```", number + 1)
                mark = MARK.fullmatch(lines[number - 1])
                text = "\n".join(lines[number + 1 : end]) + "\n"
                kind, argument = mark.groups() if mark else (None, None)
                found.append(Block(self.name, kind, argument, lines[number][3:], text, number + 1))
                number = end
            number += 1
        return found

    def section(self, title):
        """The text of one section."""
        return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", self.text, re.DOTALL | re.MULTILINE)[1]

    def table(self, heading):
        """The rows of the table whose first cell is `heading`, as lists of cells without backticks."""
        rows = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", self.text, re.MULTILINE)[1]
        return [[cell.strip().strip("`") for cell in row.strip("|").split(" | ")] for row in rows.splitlines()]


# What users and contributors read from the top of the tree on; the packages' own pages have tests of their own.
PAGES = {
    page.name: page
    for page in map(Page, sorted([*paths.ROOT.glob("*.md"), *(paths.ROOT / "docs").glob("**/*.md")]))
}
README = PAGES["README.md"]


def blocks(kind=None):
    """The blocks of all pages, or those of a kind."""
    return [block for page in PAGES.values() for block in page.blocks() if kind in (None, block.kind)]


def error_texts():
    """The texts that troubleshooting is sorted by."""
    return re.findall(r"^\*\*`(.+)`\*\*<br>$", PAGES["docs/troubleshooting.md"].text, re.MULTILINE)
