"""Finds the phrases that docs/internals/style.md replaces: python Tests/documents/plain_english.py [FILE ...]

Without files it reads the whole tree, sources and tests included.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/internals/style.md"
KINDS = {".md", ".swift", ".h", ".c", ".py", ".js", ".mjs", ".ts", ".mts", ".php", ".json", ".toml", ".mk", ".txt"}
# Texts that others wrote or that programs made, copies of sources, and those whose subject the phrases are.
LEFT_OUT = re.compile(
    r"docs/internals/style\.md|Tests/documents/test_documents_english\.py|Tests/.*(?:corpus|baseline)/|Tests/torture/mutants/.*\.toml"
)

# What may be between two words: spaces, and where a line ends, the marks of a comment or of a text in several pieces.
GAP = r"""(?:[ \t]+|[ \t]*["'`]?[ \t]*\n[ \t]*(?:///?|\#|\*|//!)?[ \t]*f?["'`]?[ \t]*)"""


def pattern(phrase):
    """A phrase of the table as a regular expression."""
    words = [f"(?:{'|'.join(map(re.escape, word.split('/')))})" for word in phrase.split()]
    return rf"\b{GAP.join(words)}\b"


def rules():
    """Pairs of expressions: what to look for, and around which texts it is fine (None for nowhere)."""
    table = re.search(r"^\| instead of .*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[1]
    for row in table.splitlines():
        phrase, _, fine = row.strip("|").split("|")
        allowed = [pattern(text) for text in re.findall(r"`([^`]+)`", fine)]
        yield (
            re.compile(pattern(phrase.strip(" `")), re.IGNORECASE),
            re.compile("|".join(allowed), re.IGNORECASE) if allowed else None,
        )


def findings(text):
    """The line number and the phrase of each finding in a text, in the names of tests as well."""
    text = text.replace("_", " ")
    found = set()
    for wanted, allowed in rules():
        spared = [match.span() for match in allowed.finditer(text)] if allowed else []
        for match in wanted.finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in spared):
                found.add((text.count("\n", 0, match.start()) + 1, " ".join(re.findall(r"\w+", match[0]))))
    return sorted(found)


def files():
    """Every text of the tree that people wrote, by its path from the root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    for name in sorted(set(listed.stdout.splitlines())):
        known = pathlib.PurePath(name).suffix in KINDS or pathlib.PurePath(name).name == "Makefile"
        if known and not LEFT_OUT.match(name) and (ROOT / name).is_file():
            yield name


def main(names):
    count = 0
    for name in names or files():
        for line, phrase in findings((ROOT / name).read_text(encoding="utf-8")):
            print(f"{name}:{line}: {phrase}")
            count += 1
    print(f"plain English: {count} phrases to replace")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
