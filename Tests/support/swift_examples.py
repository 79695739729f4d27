# SPDX-License-Identifier: Apache-2.0
"""The examples of doc comments: the ```swift blocks of Swift sources, each as a file that compiles by itself.

In an example, `visits` is a PageVisits, `configuration` a Configuration, `visit` a Visit and `request` a WebRequest. It may declare
them anew; it may wait and throw.
"""

import re
import subprocess
from dataclasses import dataclass

from . import swift_programs
from .paths import ROOT

TRAITS = {"Logging", "Metrics", "ServiceLifecycle", "Hummingbird"}

# Compiled, never run.
CONTEXT = """
import TPC

nonisolated(unsafe) var configuration = Configuration()
nonisolated(unsafe) var visit = Visit()
nonisolated(unsafe) var request = WebRequest(method: "GET", target: "/")
let visits = { () -> PageVisits in fatalError() }()

/// Names are only shown in some examples.
func use<Value>(_ value: inout Value) {}
"""


@dataclass
class Example:
    """A block. `line` is that of its first line of code; `trait` is the trait's that its source needs, or None."""

    path: object
    line: int
    text: str
    trait: str

    def __str__(self):
        return f"{self.path.relative_to(ROOT)}:{self.line}"

    def source(self, number, imports=("Foundation", "TPC")):
        """A file. What the compiler says about it names the doc comment's file and line."""
        body = "".join(f"import {name}\n" for name in imports)
        body += f"\nfunc example{number}() async throws {{\n"
        body += f'#sourceLocation(file: "{self.path}", line: {self.line})\n{self.text}#sourceLocation()\n'
        return body + "".join(self._uses()) + "}\n"

    def _uses(self):
        """What an example declares but only shows."""
        for kind, name in re.findall(r"^(let|var) (\w+)", self.text, re.MULTILINE):
            yield f"  _ = {name}\n" if kind == "let" else f"  use(&{name})\n"


def examples(folder):
    """The examples in the Swift files below a folder."""
    return [example for path in sorted(folder.rglob("*.swift")) for example in _of(path)]


def _of(path):
    conditions, block, found = [], None, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        words = line.split()
        if words[:1] == ["#if"]:
            conditions.append(words[1])
        elif words[:1] == ["#else"]:
            conditions[-1] = ""
        elif words[:1] == ["#endif"]:
            conditions.pop()
        comment = re.match(r"\s*/// ?(.*)", line)
        text = comment and comment[1]
        if block is None and text == "```swift":
            block = Example(path, number + 1, "", next((name for name in conditions if name in TRAITS), None))
        elif block and text == "```":
            found.append(block)
            block = None
        elif block:
            assert comment, f"{path}:{number}: an example without its end"
            block.text += text + "\n"
    return found


def write(found, folder, imports=("Foundation", "TPC")):
    """Writes the examples as files of one module, and returns their paths."""
    sources = {"Context": CONTEXT} | {f"Example{number}": one.source(number, imports) for number, one in enumerate(found)}
    paths = [folder / f"{name}.swift" for name in sources]
    for path, source in zip(paths, sources.values()):
        path.write_text("// SPDX-License-Identifier: Apache-2.0\n" + source, encoding="utf-8")
    return paths


def checked(files, flags=("-warnings-as-errors",)):
    """What the compiler says about files of one module, in Swift 6 mode: nothing when all is well."""
    command = ["swiftc", "-typecheck", "-wmo", "-swift-version", "6", "-parse-as-library", *flags, *swift_programs.module_flags(), *files]
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode == 0) == ("error: " not in done.stderr), done.stderr
    return done.stderr
