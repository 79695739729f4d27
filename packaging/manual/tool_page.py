# SPDX-License-Identifier: Apache-2.0
"""Makes tpc-events(1) of what the tool's own `--help` says: python3 tool_page.py build/bin/tpc-events > tpc-events.1"""

import os
import re
import subprocess
import sys

from roff import Page

ENTRY = re.compile(r"^  (--\S+(?: [^\s-]\S*)?|\d)(?: {2,}(\S.*))?$")
USAGE = re.compile(r"^ *(?:Usage: +)?(tpc-events .*?)(?: {2,}(\S.*))?$")


def helped(tool, *arguments):
    """What the tool prints, without the colors and widths of a terminal."""
    done = subprocess.run([tool, *arguments], stdout=subprocess.PIPE, text=True, check=True, env={"PATH": os.environ["PATH"]})
    return done.stdout


def blocks(text):
    """The parts of a help text, which empty lines separate: title (or None), lines at the margin, indented lines."""
    for part in re.split(r"\n{2,}", text.strip("\n")):
        lines = part.split("\n")
        margin = [line for line in lines if not line.startswith(" ")]
        indented = [line for line in lines if line.startswith(" ")]
        is_title = len(margin) == 1 and margin[0].endswith(":")
        yield margin[0][:-1] if is_title else None, margin, indented


def entries(lines):
    """The terms of a list and their meanings."""
    found = []
    for line in lines:
        entry = ENTRY.match(line)
        if entry:
            found.append([entry[1], entry[2] or ""])
        else:
            # A list without spaces that is longer than a line is broken after its commas.
            last = found[-1][1].rpartition(" ")[2]
            space = "" if last.endswith(",") and last.count(",") > 1 else " "
            found[-1][1] = f"{found[-1][1]}{space}{line.strip()}".strip()
    return found


def usages(text):
    """The ways to call the tool, without what the help says about them."""
    return [match[1] for match in map(USAGE.match, text.splitlines()) if match]


def write_list(page, lines):
    for term, meaning in entries(lines):
        page.entry(term, meaning)


def write_command(page, name, text):
    """A command's description and its own flags."""
    page.subsection(name)
    for title, margin, indented in blocks(text):
        if title is not None and title.startswith(("Flags", "Options")):
            write_list(page, indented)
        elif margin and margin[0].startswith("Usage:"):
            page.literal(usages("\n".join(margin + indented)))
        elif title is None:
            if margin:
                page.paragraph(" ".join(margin))
            if indented:
                page.literal([line.strip() for line in indented])


def make(tool):
    version = helped(tool, "--version").split()[-1]
    general = helped(tool, "--help")
    parts = list(blocks(general))
    page = Page("tpc-events", 1, version)
    page.name("tpc-events", parts[0][1][0].removeprefix("tpc-events ").rstrip("."))
    page.section("Synopsis")
    page.literal(usages("\n".join(next(indented for title, _, indented in parts if title == "Usage"))))
    page.section("Description")
    for title, margin, indented in parts:
        if title is None:
            page.paragraph(" ".join(margin))
            if indented:
                page.literal([line.strip() for line in indented])
    page.section("Commands")
    names = list(dict.fromkeys(re.findall(r"^  tpc-events ([a-z]+) ", general, re.MULTILINE)))
    for name in names:
        if name != "help":
            write_command(page, name, helped(tool, name, "--help"))
    page.section("Options")
    for title, margin, indented in blocks(helped(tool, "help", "options")):
        if title is None:
            page.paragraph(" ".join(margin))
        else:
            write_list(page, indented)
    page.section("Exit status")
    write_list(page, next(indented for title, _, indented in parts if title == "Exit codes"))
    page.section("See also")
    page.paragraph("tpc(3)")
    return page.text()


if __name__ == "__main__":
    sys.stdout.write(make(sys.argv[1]))
