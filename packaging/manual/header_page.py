# SPDX-License-Identifier: Apache-2.0
"""Makes tpc(3) of the header, whose comments are the library's manual: python3 header_page.py include/tpc.h > tpc.3"""

import pathlib
import re
import sys

from roff import Page

SECTION = re.compile(r"/\* -{4} (.+?) -+ \*/")
CAPITALS = re.compile(r"[A-Z][A-Z ]+")


def comment_lines(comment):
    """A comment's text without its marks, its indentation kept."""
    inner = comment.strip()[2:-2]
    return [re.sub(r"^ ?\* ?", "", line).rstrip() for line in inner.strip("\n").split("\n")] if "\n" in inner else [inner.strip()]


def paragraphs(lines):
    """Paragraphs of a comment: each a list of lines, and whether they stand as they are (code)."""
    part = []
    for line in [*lines, ""]:
        if line:
            part.append(line)
        elif part:
            is_code = all(text.startswith("    ") for text in part)
            yield ([text[4:] for text in part] if is_code else part), is_code
            part = []


def write_prose(page, lines):
    for part, is_code in paragraphs(lines):
        if is_code:
            page.literal(part)
        else:
            page.paragraph(" ".join(line.strip() for line in part))


# ---- The opening comment ----------------------------------------------------------------------------------------------


def chapters(lines):
    """The opening comment's chapters: a title in capitals, and the lines below it."""
    found = {}
    title = None
    for line in lines:
        if CAPITALS.fullmatch(line):
            title = line
            found[title] = []
        elif title:
            found[title].append(line)
    return found


def write_rules(page, lines):
    """Rules begin with a word at the margin; the lines that follow are indented."""
    rules = []
    for line in filter(None, lines):
        if line[0] != " ":
            term, _, text = line.partition(" ")
            rules.append([term, text.strip()])
        else:
            rules[-1][1] += f" {line.strip()}"
    for term, text in rules:
        page.entry(term, text)


# ---- The declarations -------------------------------------------------------------------------------------------------


def tokens(text):
    """The comments and declarations between the marks of the header, in their order."""
    position = 0
    while True:
        position += len(text[position:]) - len(text[position:].lstrip())
        if position == len(text):
            return
        if text.startswith("/*", position):
            end = text.index("*/", position) + 2
            yield "comment", text[position:end]
        else:
            end = declaration_end(text, position)
            yield "declaration", text[position:end]
        position = end


def declaration_end(text, position):
    """The position after the semicolon that ends a declaration, whatever its braces and comments contain."""
    depth = 0
    while True:
        if text.startswith("/*", position):
            position = text.index("*/", position) + 2
            continue
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
        if text[position - 1] == ";" and depth == 0:
            return position


def groups(text):
    """A section's title, or a comment's lines with the declarations that follow it."""
    comment, declarations = [], []
    for kind, token in tokens(text):
        if kind == "declaration":
            declarations.append(token)
            continue
        if comment or declarations:
            yield None, comment, declarations
        comment, declarations = [], []
        title = SECTION.fullmatch(token)
        if title:
            yield title[1], [], []
        else:
            comment = comment_lines(token)
    yield None, comment, declarations


def write_declarations(page, text):
    for title, comment, declarations in groups(text):
        if title:
            page.section(title)
            continue
        page.literal([line for declaration in declarations for line in declaration.split("\n")], bold=True)
        page.indented(lambda: write_prose(page, comment))


def make(header):
    text = header.read_text(encoding="utf-8")
    version = ".".join(re.findall(r"#define TPC_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text))
    opening = comment_lines(text[: text.index("*/") + 2])
    parts = chapters(opening)
    page = Page("tpc", 3, version)
    page.name("tpc", opening[0].partition(" - ")[2].rstrip("."))
    page.section("Synopsis")
    page.literal(["#include <tpc.h>", "", "cc program.c $(pkg-config --cflags --libs tpc)"])
    page.section("Description")
    write_prose(page, parts.pop("WHAT IT IS"))
    for title, lines in parts.items():
        page.section(title)
        if title == "THE RULES":
            write_rules(page, lines)
        else:
            write_prose(page, lines)
    marked = text[text.index("/* BEGIN FFI") : text.index("/* END FFI")]
    write_declarations(page, marked[marked.index("*/") + 2 :])
    page.section("See also")
    page.paragraph("tpc-events(1)")
    return page.text()


if __name__ == "__main__":
    sys.stdout.write(make(pathlib.Path(sys.argv[1])))
