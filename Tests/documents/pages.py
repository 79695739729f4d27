"""README.md as the tests read it: its marked blocks, its tables, its error texts."""

import re
from dataclasses import dataclass

from support import paths

README = paths.ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
MARK = re.compile(r"<!-- test: (\w+)(?: (\S+))? -->")

# What a mark says about the block that follows it.
KINDS = {
    "run": "shell commands that are run",
    "names": "shell commands that are too much for a test: their targets have to exist",
    "program": "a C program, which later commands know by the file's name",
    "fragment": "C statements that have a client, an event and a tpc_error",
    "swift": "a Swift program",
    "python": "a Python program",
    "node": "a JavaScript module",
    "php": "a PHP script",
    "event": "an event that the contract takes",
    "tree": "files and folders",
}


@dataclass
class Block:
    """A fenced block. `kind` is None when no mark stands above it."""

    kind: str
    argument: str
    language: str
    text: str
    line: int

    def __str__(self):
        return f"{self.kind}, line {self.line}"


def blocks(kind=None):
    """The fenced blocks in their order, all or those of a kind."""
    found, lines, number = [], TEXT.splitlines(), 0
    while number < len(lines):
        if lines[number].startswith("```"):
            end = lines.index("```", number + 1)
            mark = MARK.fullmatch(lines[number - 1])
            text = "\n".join(lines[number + 1 : end]) + "\n"
            found.append(Block(*(mark.groups() if mark else (None, None)), lines[number][3:], text, number + 1))
            number = end
        number += 1
    return [block for block in found if kind in (None, block.kind)]


def section(title):
    """The text of one section."""
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE).group(1)


def table(text, heading):
    """The rows of the table whose first cell is `heading`, as lists of cells without backticks."""
    rows = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE).group(1)
    return [[cell.strip().strip("`") for cell in row.strip("|").split(" | ")] for row in rows.splitlines()]


def error_texts():
    """The texts that troubleshooting is sorted by."""
    return re.findall(r"^\*\*`(.+)`\*\*<br>$", section("Troubleshooting"), re.MULTILINE)
