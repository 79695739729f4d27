"""A row: a server with its application, how it ends, how much of 60 visits arrives, and what its user has to do."""

from dataclasses import dataclass
from typing import Callable

# What arrives: every visit, or only those that were on their way when the process ended.
ALL, SOME = "all", "some"
NOTHING = "nothing"


@dataclass(frozen=True)
class Row:
    """`command` returns the arguments for a Scene, and `end` is one of endings.py. A quick row needs only what
    `make setup` installs, and everything of it arrives."""

    server: str
    ending: str
    arrives: str
    advice: str
    command: Callable
    end: Callable
    is_quick: bool = False

    @property
    def name(self):
        return f"{self.server}: {self.ending}"
