"""The state of the model of one sender for all processes: segments with two locks, and processes that open them."""

from typing import NamedTuple, Optional


class Segment(NamedTuple):
    """`writing` and `sending` name the process that holds byte 0 and byte 1. `records` are pairs: an event, and whether it ended."""

    writing: Optional[str] = None
    sending: Optional[str] = None
    records: tuple = ()
    is_linked: bool = True

    @property
    def pending(self):
        return tuple(event for event, ended in self.records if not ended)


class Process(NamedTuple):
    """`at` is what comes next. `seen` is how many records were read; `memory`: of a writer that sends for itself, what is to be
    delivered; `event`: what the next step is about."""

    name: str
    at: str = "open"
    segment: Optional[int] = None
    seen: int = 0
    event: Optional[int] = None
    memory: tuple = ()
    sends_itself: bool = False
    is_elected: bool = False
    is_stopped: bool = False


class State(NamedTuple):
    names: tuple
    segments: tuple
    processes: tuple
    accepted: frozenset
    delivered: tuple
    events: int
    kills: int
    stops: int


def segment_of(state, process):
    return state.segments[process.segment]


def with_process(state, number, process):
    return state._replace(processes=(*state.processes[:number], process, *state.processes[number + 1 :]))


def changed(state, number, **changes):
    return (*state.segments[:number], state.segments[number]._replace(**changes), *state.segments[number + 1 :])


def change(state, process, **changes):
    """What changes of the state with the segment that this process has open."""
    return {"segments": changed(state, process.segment, **changes)}


def freed(state, name):
    """Without the locks that this process held: the kernel frees them when it ends."""

    def free(segment):
        return segment._replace(**{byte: None for byte in ("writing", "sending") if getattr(segment, byte) == name})

    return state._replace(segments=tuple(map(free, state.segments)))


def settled(state):
    """Without segments that have no name and that nobody has open; the others are numbered anew, so that the same state looks the
    same."""
    held = [*state.names, *(process.segment for process in state.processes)]
    numbers = {old: new for new, old in enumerate(dict.fromkeys(number for number in held if number is not None))}
    return state._replace(
        names=tuple(numbers.get(number) for number in state.names),
        segments=tuple(state.segments[old] for old in numbers),
        processes=tuple(process._replace(segment=numbers.get(process.segment)) for process in state.processes),
    )
