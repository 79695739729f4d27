"""The inputs from which fuzzing starts: corpus/TARGET.txt, one input per line.

A byte that is printable ASCII is written as it is, any other as \\xNN; a backslash is \\\\, and a tab, a line feed and a carriage
return are \\t, \\n and \\r. A line that begins with # is a comment. It says what the input below it has found, and keeps that input
in the file whether it reaches new code or not. The inputs without a comment come last, short ones first.
"""

import pathlib
import re
import shutil

FOLDER = pathlib.Path(__file__).resolve().parent / "corpus"
TARGETS = sorted(file.stem for file in FOLDER.glob("*.txt"))
_LETTERS = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_ESCAPES = {character: "\\" + letter for letter, character in _LETTERS.items()}


def read(target):
    """The inputs and their comments: a dictionary from bytes to text, which is empty for an input without a comment."""
    found, comment = {}, ""
    for line in (FOLDER / f"{target}.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("#"):
            comment = line[1:].strip()
        elif line:
            found[unescaped(line)], comment = comment, ""
    return found


def write(target, inputs):
    """Replaces the file by these inputs, a dictionary as `read` returns it."""
    lines = []
    for data, comment in sorted(inputs.items(), key=lambda item: (not item[1], len(item[0]), item[0])):
        lines += [f"# {comment}"] if comment else []
        lines.append(escaped(data))
    (FOLDER / f"{target}.txt").write_text("\n".join(lines) + "\n", encoding="ascii")


def unpack(target, folder):
    """Makes the folder hold the inputs, one file each, as libFuzzer reads them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number, data in enumerate(read(target)):
        (folder / f"{number:04}").write_bytes(data)
    return folder


def escaped(data):
    """An input as a line."""
    text = "".join(_ESCAPES.get(character) or _printable(character) for character in data.decode("latin-1"))
    # What an editor would strip, and what would be a comment.
    text = re.sub(r" $", r"\\x20", text)
    return re.sub(r"^#", r"\\x23", text)


def unescaped(line):
    """The input that a line holds."""

    def character(match):
        return chr(int(match[1], 16)) if match[1] else _LETTERS[match[2]]

    return re.sub(r"\\(?:x([0-9a-f]{2})|(.))", character, line).encode("latin-1")


def _printable(character):
    return character if " " <= character <= "~" else f"\\x{ord(character):02x}"
