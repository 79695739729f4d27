"""The bugs that are planted, read from the .toml files beside this one."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


@dataclass
class Mutant:
    """One small bug: in `file`, the text `before` becomes `after`. The tests that ought to see it come first: those of the
    Swift suites that `swift` matches, then the pytest files, or single tests, of `pytest`, which need the library to be built."""

    name: str
    file: str
    before: str
    after: str
    # What goes wrong in it, as one sentence.
    breaks: str
    swift: str = ""
    pytest: list = field(default_factory=list)

    def applied(self, root=ROOT):
        """The file's text with the bug in it. Fails when the text that it changes is not there exactly once."""
        text = (root / self.file).read_text()
        found = text.count(self.before)
        if found != 1:
            raise ValueError(f"{self.name}: its text is {found} times in {self.file}; expected once")
        if self.before == self.after:
            raise ValueError(f"{self.name}: changes nothing")
        return text.replace(self.before, self.after)


def all_mutants():
    """In the order of the files' names, and of the mutants in each."""
    found = []
    for path in sorted(HERE.glob("*.toml")):
        found += [Mutant(**row) for row in tomllib.loads(path.read_text())["mutant"]]
    return found
