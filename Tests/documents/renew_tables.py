"""Rewrites the tables that come from the library: those of docs/options.md, and the exit codes of docs/command-line.md.

    .venv/bin/python Tests/documents/renew_tables.py
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import paths  # noqa: E402
from support.library import TPCError  # noqa: E402
from support.objects import Options  # noqa: E402

TOOL = paths.BUILD / "bin/tpc-events"
TEXTS = "text without control characters"


def helped(*arguments):
    return subprocess.run([TOOL, "help", *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


def options():
    """Name, default and meaning of each option, from the help."""
    text = helped("options")
    entries = re.findall(r"^  --([a-z-]+)[^\n]*?(?:  +|\n {28})(\S[^\n]*(?:\n {28}[^\n]*)*)", text[text.index("\nOptions") :], re.MULTILINE)
    for flag, words in entries:
        words = re.sub(r"\s+", " ", words)
        name = flag.replace("-", "_")
        if name == "sdk_runtime":
            # What the tool calls itself is not the library's default.
            words = words.replace("(tpc-events)", "(c)")
        meaning, default = re.fullmatch(r"(.*?)(?: \(([^()]*)\))? \[\w+\]", words).groups()
        # A long list breaks after its commas.
        if default is not None and re.search(r"\w,\w", default):
            default = default.replace(", ", ",")
        if default is not None and (" " in default or not accepts(name, default)):
            meaning, default = f"{meaning} ({default})", None
        yield name, default, meaning


def accepts(name, value):
    """Whether the text in brackets is a default, and not a part of the meaning."""
    with Options() as made:
        try:
            made.set(name, value)
        except TPCError:
            return False
    return True


def accepted(name):
    """What an option takes, as its error says."""
    with Options() as made:
        try:
            made.set(name, "\x01")
        except TPCError as refused:
            return refused.message.split("expected ")[1]
    raise AssertionError(f"{name} takes a control character")


def option_rows():
    for name, default, meaning in options():
        yield f"| `{name}` | {'–' if default is None else f'`{default}`'} | {meaning} |"


def value_rows():
    """One row for each kind of value, with the options that take it."""
    kinds = {}
    for name, _, _ in options():
        kinds.setdefault(accepted(name), []).append(f"`{name}`")
    texts = kinds.pop(TEXTS)
    assert texts
    for kind, names in kinds.items():
        yield f"| {kind} | {', '.join(names)} |"
    yield f"| {TEXTS}, up to 4,096 bytes | the others |"


def exit_code_rows():
    text = helped()
    for code, meaning in re.findall(r"^  (\d)  (.+)$", text[text.index("Exit codes") :], re.MULTILINE):
        yield f"| {code} | {meaning} |"


def renew(name, heading, rows):
    path = paths.ROOT / name
    text = path.read_text(encoding="utf-8")
    table = re.search(rf"^\| {heading} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    path.write_text(text[: table.start(1)] + "\n".join(rows) + "\n" + text[table.end(1) :], encoding="utf-8")


if __name__ == "__main__":
    renew("docs/options.md", "option", option_rows())
    renew("docs/options.md", "value", value_rows())
    renew("docs/command-line.md", "exit code", exit_code_rows())
