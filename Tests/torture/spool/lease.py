"""The lease of a segment as a model: each step is one system call of one process, and a kill may come between any two.

A process creates a segment, or takes one that it finds, with a lock that never waits; it appends events, delivers them, writes
behind each that it ended, and unlinks the segment when all did. The lock belongs to the open file, which a forked child shares.
"""

from dataclasses import dataclass
from typing import NamedTuple, Optional

from .search import Step


@dataclass(frozen=True)
class Rules:
    """The protocol; a test changes one rule at a time and expects a violation."""

    entering: tuple = ("lock", "look")  # after opening, in this order; "look" is at the number of links
    acknowledges: str = "after delivery"  # or "before delivery"
    unlinks: str = "before closing"  # or "after closing"
    unlinks_only_drained: bool = True
    rewinds_only_drained: bool = True
    child: str = "closes"  # what a forked child does with the descriptor: or "keeps" it, or "unlocks" it


class Segment(NamedTuple):
    """`lock` is the number of the open file that holds it. `records` are pairs: an event, and whether it ended."""

    lock: Optional[int] = None
    has_header: bool = False
    records: tuple = ()
    is_linked: bool = True

    @property
    def pending(self):
        return tuple(event for event, ended in self.records if not ended)

    def ended(self, event):
        return self._replace(records=tuple((one, ended or one == event) for one, ended in self.records))


class Process(NamedTuple):
    """`at` is the call that comes next, `event` what it is about; `memory` holds the events that are to be delivered."""

    at: str = "open"
    number: int = 0
    is_creator: bool = False
    file: Optional[int] = None
    event: Optional[int] = None
    memory: tuple = ()


class State(NamedTuple):
    """`name` is the number of the segment that has the one name there is; `files` are the open ones, each with its segment's
    number; `children` are pairs: a forked child's file, and whether its handler ran."""

    name: Optional[int]
    segments: tuple
    files: tuple
    processes: tuple
    children: tuple
    accepted: frozenset
    delivered: tuple
    events: int
    kills: int
    forks: int


OWNS = ("header", "read", "own", "return", "acknowledge", "deliver", "unlink")


class Lease:
    def __init__(self, rules=Rules(), processes=2, events=2, kills=2, forks=1):
        self._rules = rules
        self._limits = processes, events, kills, forks

    def start(self):
        processes, events, kills, forks = self._limits
        return State(None, (), (), (Process(),) * processes, (), frozenset(), (0,) * events, events, kills, forks)

    def is_done(self, state):
        return all(state.delivered[event] for event in state.accepted)

    def violation(self, state):
        owners = (process for process in state.processes if process.at in OWNS and process.file is not None)
        owned = [state.files[process.file] for process in owners]
        if len(set(owned)) < len(owned):
            return "two processes own one segment"
        on_disk = {event for segment in state.segments if segment.is_linked for event in segment.pending}
        for event, times in enumerate(state.delivered):
            if event in state.accepted and not times and event not in on_disk:
                return f"event {event} was accepted, was not delivered and is not in the spool"
            if times > 1 + self._limits[2] - state.kills:
                return f"event {event} was delivered {times} times"
        return None

    def steps(self, state):
        for number, process in enumerate(state.processes):
            who = f"process {number}"
            for text, after, more in self._calls(state, process):
                yield Step(f"{who} {text}", settled(_with(state, number, after)._replace(**more)))
            if process.at == "open":
                continue
            if state.kills:
                killed = _with(state, number, Process())._replace(kills=state.kills - 1)
                yield Step(f"{who} is killed", settled(killed), is_outside=True)
            if state.forks and process.file is not None:
                forked = state._replace(children=(*state.children, (process.file, False)), forks=state.forks - 1)
                yield Step(f"{who} forks", settled(forked), is_outside=True)
        yield from self._steps_of_children(state)

    def _steps_of_children(self, state):
        for number, (file, is_handled) in enumerate(state.children):
            others = state.children[:number] + state.children[number + 1 :]
            gone = state._replace(children=others)
            if is_handled:
                yield Step("the child ends", settled(gone), is_outside=True)
            elif self._rules.child == "keeps":
                yield Step("the child stays, and keeps the file open", settled(state._replace(children=(*others, (file, True)))))
            elif self._rules.child == "unlocks":
                freed = _changed(gone, state.files[file], lock=None) if _segment(state, file).lock == file else gone
                yield Step("the child unlocks the file and closes it", settled(freed))
            else:
                yield Step("the child closes the file", settled(gone))

    # Each yields what a process may do next: a text, the process afterwards, and what else changes.

    def _calls(self, state, process):
        return getattr(self, f"_{process.at}")(state, process)

    def _open(self, state, process):
        file = len(state.files)
        if state.name is not None:
            opened = Process("enter", file=file)
            yield "opens the segment", opened, {"files": (*state.files, state.name)}
        elif state.events:
            created = {"name": len(state.segments), "segments": (*state.segments, Segment())}
            opened = Process("enter", is_creator=True, file=file)
            yield "creates a segment", opened, {**created, "files": (*state.files, len(state.segments))}

    def _enter(self, state, process):
        segment, call = _segment(state, process.file), self._rules.entering[process.number]
        is_last = process.number + 1 == len(self._rules.entering)
        at = ("header" if process.is_creator else "read") if is_last else "enter"
        entered = process._replace(at=at, number=0 if is_last else process.number + 1)
        if call == "look" and segment.is_linked:
            yield "sees that the segment has its name", entered, {}
        elif call == "look":
            yield "sees that the segment has no name, and closes it", Process(), {}
        elif segment.lock is None:
            yield "locks it", entered, _change(state, process, lock=process.file)
        else:
            yield "is refused the lock, and closes it", Process(), {}

    def _header(self, state, process):
        yield "writes the header", process._replace(at="own"), _change(state, process, has_header=True)

    def _read(self, state, process):
        segment = _segment(state, process.file)
        if segment.has_header:
            yield f"reads that {list(segment.pending)} are pending", process._replace(at="own", memory=segment.pending), {}
        else:
            yield "reads nothing", process._replace(at="unlink"), {}

    def _own(self, state, process):
        segment = _segment(state, process.file)
        if state.events:
            event = len(state.delivered) - state.events
            more = _change(state, process, records=(*segment.records, (event, False)))
            yield f"appends event {event}", process._replace(at="return", event=event), {**more, "events": state.events - 1}
        if process.memory:
            early = self._rules.acknowledges == "before delivery"
            yield from (self._acknowledge if early else self._deliver)(state, process._replace(event=process.memory[0]))
        else:
            is_drained = not segment.pending
            if segment.records and (is_drained or not self._rules.rewinds_only_drained):
                yield "rewinds the segment", process, _change(state, process, records=())
            if is_drained or not self._rules.unlinks_only_drained:
                yield "has nothing left to deliver", process._replace(at="unlink"), {}
        if segment.pending:
            yield "unlocks the segment with what is pending", Process("close", file=process.file), _change(state, process, lock=None)

    def _return(self, state, process):
        accepted = {"accepted": state.accepted | {process.event}}
        own = process._replace(at="own", event=None)
        queued = own._replace(memory=(*process.memory, process.event))
        yield f"returns from track, event {process.event} in memory", queued, accepted
        yield f"returns from track, memory full of others than event {process.event}", own, accepted

    def _deliver(self, state, process):
        times = tuple(count + (event == process.event) for event, count in enumerate(state.delivered))
        late = self._rules.acknowledges == "before delivery"
        after = _forget(process) if late else process._replace(at="acknowledge")
        yield f"delivers event {process.event}", after, {"delivered": times}

    def _acknowledge(self, state, process):
        early = self._rules.acknowledges == "before delivery"
        after = process._replace(at="deliver") if early else _forget(process)
        records = _segment(state, process.file).ended(process.event).records
        yield f"writes that event {process.event} ended", after, _change(state, process, records=records)

    def _unlink(self, state, process):
        if self._rules.unlinks == "after closing" and process.file is not None:
            yield "closes the segment", Process("unlink"), {}
        elif state.name is None:
            yield "finds no name to unlink", Process("close", file=process.file), {}
        else:
            more = {"name": None, "segments": _changed(state, state.name, is_linked=False).segments}
            yield "unlinks the name", Process("close", file=process.file), more

    def _close(self, state, process):
        yield "closes the segment", Process(), {}


def _forget(process):
    return process._replace(at="own", event=None, memory=process.memory[1:])


def _segment(state, file):
    return state.segments[state.files[file]]


def _with(state, number, process):
    return state._replace(processes=(*state.processes[:number], process, *state.processes[number + 1 :]))


def _changed(state, number, **changes):
    segments = list(state.segments)
    segments[number] = segments[number]._replace(**changes)
    return state._replace(segments=tuple(segments))


def _change(state, process, **changes):
    return {"segments": _changed(state, state.files[process.file], **changes).segments}


def settled(state):
    """What the kernel does: a file that nobody has open any more is closed, which frees its lock; a segment without a name that
    nobody has open is gone. Files and segments are numbered anew, so that the same state looks the same."""
    held = [process.file for process in state.processes if process.file is not None] + [file for file, _ in state.children]
    files = {file: number for number, file in enumerate(dict.fromkeys(held))}
    kept = [state.files[file] for file in files] if state.name is None else [state.name, *(state.files[file] for file in files)]
    segments = {segment: number for number, segment in enumerate(dict.fromkeys(kept))}
    return state._replace(
        name=None if state.name is None else segments[state.name],
        segments=tuple(state.segments[old]._replace(lock=files.get(state.segments[old].lock)) for old in segments),
        files=tuple(segments[state.files[file]] for file in files),
        processes=tuple(process._replace(file=files.get(process.file)) for process in state.processes),
        children=tuple(sorted((files[file], is_handled) for file, is_handled in state.children)),
    )
