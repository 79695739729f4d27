"""Compares the pages that were answered with the events that arrived."""

import collections
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """`lost` pages were answered and did not arrive; `twice` arrived as two events; `repeated` arrived as one event that the
    endpoint took twice; `invented` were never asked for."""

    answered: int = 0
    unanswered: int = 0
    lost: set = field(default_factory=set)
    twice: set = field(default_factory=set)
    repeated: set = field(default_factory=set)
    invented: set = field(default_factory=set)

    def __str__(self):
        more = f", {len(self.repeated)} repeated" if self.repeated else ""
        return f"{self.answered:,} answered, {len(self.lost)} lost, {len(self.twice)} twice{more}"

    def complaints(self):
        found = {"lost": self.lost, "twice": self.twice, "repeated": self.repeated, "invented": self.invented}
        return [f"{len(pages)} {name}, such as {min(pages, key=str)}" for name, pages in found.items() if pages]


def judge(endpoint, *crowds):
    """Waits until every page that the crowds had answered has arrived, and says what is wrong. A page whose connection ended
    before the answer came may have arrived or not."""
    answered = set().union(*(crowd.answered for crowd in crowds))
    unanswered = set().union(*(crowd.unanswered for crowd in crowds))
    endpoint.wait_for(answered)
    taken = list(endpoint.taken)
    pages = {page for page, _ in taken}
    return Verdict(
        len(answered), len(unanswered), answered - pages, _more_than_once(page for page, _ in set(taken)),
        {page for page, _ in _more_than_once(taken)}, pages - answered - unanswered,
    )  # fmt: skip


def _more_than_once(things):
    return {thing for thing, count in collections.Counter(things).items() if count > 1}
