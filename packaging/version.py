#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sets the version number: `make version V=0.2.0`.

The file VERSION holds the number. Whatever can read it at build time does: the Makefile, and through it the library's file name,
pkg-config, CMake and the archives' names. Files that are compiled, installed or read exactly as they are in the tree cannot, so
they hold a copy. The copies are listed here, and a test compares them with VERSION.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# The copies: a file, or a pattern of which one file matches, and the number with the text around it.
COPIES = (
    ("include/tpc.h", "#define TPC_VERSION_MAJOR {major}\n#define TPC_VERSION_MINOR {minor}\n#define TPC_VERSION_PATCH {patch}\n"),
    ("Sources/TPCCore/*/Version.swift", 'static let text: StaticString = "{version}"'),
    ("Sources/TPCCore/*/Version.swift", "static let number: UInt32 = {number}\n"),
    ("collector/tpc_collector/__init__.py", '__version__ = "{version}"'),
    ("bindings/python/tpc/_version.py", '__version__ = "{version}"'),
    ("bindings/node/package.json", '"version": "{version}"'),
    ("bindings/php/src/Client.php", "const VERSION = '{version}'"),
    ("bindings/php/wordpress/tpc-events.php", " * Version: {version}\n"),
)
# Documents that name built files, or show what the library sends. What they say about releases, such as "since 0.1", stays.
DOCUMENTS = ("README.md", "docs/**/*.md", "bindings/*/README.md", "include/tpc.h")
EXAMPLES = ('such as "{version}"', "tpc_events-{version}-", "tpc-events-{version}.", "libtpc.so.{version}", "libtpc/{version}", '"version": "{version}"')

ROWS = (*COPIES, *((document, example) for document in DOCUMENTS for example in EXAMPLES))


def values(version):
    """What the texts may name of a version."""
    major, minor, patch = map(int, version.split("."))
    number = major * 1_000_000 + minor * 1000 + patch
    return {"version": version, "major": major, "minor": minor, "patch": patch, "number": number}


def current():
    return (ROOT / "VERSION").read_text(encoding="ascii").strip()


def missing(version):
    """The copies that do not say this version: a line each."""
    found = []
    for pattern, text in COPIES:
        wanted = text.format(**values(version))
        if not any(wanted in path.read_text(encoding="utf-8") for path in ROOT.glob(pattern)):
            found.append(f"{pattern} lacks {wanted!r}")
    return found


def replace(old, new):
    """Writes the new number wherever the old one is."""
    for pattern, text in ROWS:
        before, after = text.format(**values(old)), text.format(**values(new))
        for path in ROOT.glob(pattern):
            content = path.read_text(encoding="utf-8")
            if before in content:
                path.write_text(content.replace(before, after), encoding="utf-8")
    (ROOT / "VERSION").write_text(new + "\n", encoding="ascii")


def main():
    (new,) = sys.argv[1:]
    if not re.fullmatch(r"(0|[1-9]\d*)(\.(0|[1-9]\d{0,2})){2}", new):
        sys.exit(f"{new} is not a version: three numbers are, such as 0.2.0, the last two below 1000")
    if problems := missing(current()):
        sys.exit("\n".join(["nothing was changed:", *problems]))
    replace(current(), new)
    print(f"{new}: date its section in CHANGELOG.md; a change that breaks programs also needs a new SONAME in the Makefile")


if __name__ == "__main__":
    main()
