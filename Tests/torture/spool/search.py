"""Visits every state that a model can reach, the nearest first, so that the steps to a violation are as few as possible.

A model has three methods: `start()` returns a state; `steps(state)` yields what may happen next; `violation(state)` returns what
is wrong with a state, or None. With a fourth, `is_done(state)`, a state is wrong, too, from which no done one can be reached.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

LIMIT = 3_000_000


class Step(NamedTuple):
    """`is_outside`: a kill, a stop or the like, which must not be needed for anything to go on."""

    text: str
    state: Any
    is_outside: bool = False


@dataclass(frozen=True)
class Found:
    """`violation` is None when every state is as it should be; otherwise `steps` lead there."""

    states: int
    violation: Optional[str]
    steps: list

    def __str__(self):
        if not self.violation:
            return f"{self.states:,} states, no violation"
        lines = [f"{self.states:,} states, then: {self.violation}"]
        return "\n".join(lines + [f"  {number:2}. {text}" for number, text in enumerate(self.steps, 1)])


def explore(model):
    start = model.start()
    origins, waiting = {start: None}, deque([start])
    before = {}
    while waiting:
        state = waiting.popleft()
        violation = model.violation(state)
        if violation:
            return Found(len(origins), violation, _steps_to(state, origins))
        for step in model.steps(state):
            if not step.is_outside:
                before.setdefault(step.state, []).append(state)
            if step.state not in origins:
                origins[step.state] = (step.text, state)
                waiting.append(step.state)
        assert len(origins) <= LIMIT, f"more than {LIMIT:,} states"
    stuck = _stuck(model, origins, before) if hasattr(model, "is_done") else None
    if stuck:
        return Found(len(origins), "from here on, some accepted event is never delivered", _steps_to(stuck, origins))
    return Found(len(origins), None, [])


def _steps_to(state, origins):
    texts = []
    while origins[state]:
        text, state = origins[state]
        texts.append(text)
    return texts[::-1]


def _stuck(model, origins, before):
    """The nearest state from which no done one can be reached, or None."""
    waiting = [state for state in origins if model.is_done(state)]
    hopeful = set(waiting)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in hopeful:
                hopeful.add(state)
                waiting.append(state)
    return next((state for state in origins if state not in hopeful), None)
