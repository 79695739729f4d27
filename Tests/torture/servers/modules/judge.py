"""Compares the pages that were answered with the events that arrived."""

import collections
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """`lost` pages were answered and did not arrive; `twice` arrived more than once; `invented` were never asked for."""

    answered: int = 0
    unanswered: int = 0
    lost: set = field(default_factory=set)
    twice: set = field(default_factory=set)
    invented: set = field(default_factory=set)

    def complaints(self):
        found = {"lost": self.lost, "twice": self.twice, "invented": self.invented}
        return [f"{len(pages)} {name}, such as {min(pages, key=str)}" for name, pages in found.items() if pages]


def judge(endpoint, *crowds):
    """Waits until every page that the crowds had answered has arrived, and says what is wrong. A page whose connection ended
    before the answer came may have arrived or not."""
    answered = set().union(*(crowd.answered for crowd in crowds))
    unanswered = set().union(*(crowd.unanswered for crowd in crowds))
    endpoint.wait_for(answered)
    counts = collections.Counter(page for page, _ in list(endpoint.taken))
    return Verdict(
        len(answered), len(unanswered), answered - set(counts), {page for page, count in counts.items() if count > 1},
        set(counts) - answered - unanswered,
    )  # fmt: skip
