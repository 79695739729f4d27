"""One sender for all processes of a folder, as a model: each step is one system call, and a kill or a stop may come between any two.

A writer holds byte 0 of its own segment and appends to it. Whoever holds the election's lock sends: it takes byte 1 of a segment,
delivers what it reads there, and unlinks the segment with both bytes. A writer that sees no heartbeat starts another segment,
holds both bytes of it and sends for itself.
"""

from dataclasses import dataclass

from .search import Step
from .shared_state import Process, Segment, State, change, changed, freed, segment_of, settled, with_process


# Nothing may depend on a writer's end.
ENDS = "ends"


@dataclass(frozen=True)
class Rules:
    """The protocol; a test changes one rule at a time and expects a violation."""

    takes_sending_lock: bool = True  # byte 1, before a segment is read
    takes_writing_lock: bool = True  # byte 0, before it is unlinked
    looks_again: bool = True  # whether there is more, with both
    looks_at_link: bool = True  # whether the segment has its name, with byte 1
    resigns: str = "without a segment"  # or "with a segment", which it closes later
    fallback: str = "another segment"  # of a writer without a heartbeat: or the "same segment", or "none"


class SharedSender:
    def __init__(self, rules=Rules(), senders=2, events=2, kills=1, stops=1, slots=2):
        self._rules = rules
        self._limits = senders, events, kills, stops, slots

    def start(self):
        senders, events, kills, stops, slots = self._limits
        names = ["writer", *(f"sender {number}" for number in range(senders))]
        processes = tuple(Process(name) for name in names)
        return State((None,) * slots, (), processes, frozenset(), (0,) * events, events, kills, stops)

    def is_done(self, state):
        """All that was accepted is delivered, but for what a stopped process has taken and nobody can append to, and, while nobody
        else can be elected, what the dead have left."""
        writer, *senders = state.processes
        stopped = [process.name for process in state.processes if process.is_stopped]
        is_blocked = any(process.is_elected and process.is_stopped for process in senders)
        nobody_sends = is_blocked or all(process.is_stopped for process in senders)
        waits = set()
        for number, segment in enumerate(state.segments):
            is_taken = segment.sending in stopped and (writer.segment != number or writer.is_stopped)
            is_left = nobody_sends and (segment.writing is None or writer.is_stopped)
            waits.update(segment.pending if is_taken or is_left else ())
        return all(state.delivered[event] or event in waits for event in state.accepted)

    def violation(self, state):
        on_disk = {event for segment in state.segments if segment.is_linked for event in segment.pending}
        for event, times in enumerate(state.delivered):
            if event in state.accepted and not times and event not in on_disk:
                return f"event {event} was accepted, was not delivered and is not in the spool"
            if times > 1 + self._limits[2] - state.kills:
                return f"event {event} was delivered {times} times after {self._limits[2] - state.kills} kills"
        return None

    def steps(self, state):
        for number, process in enumerate(state.processes):
            if process.is_stopped:
                going = with_process(state, number, process._replace(is_stopped=False))
                yield Step(f"{process.name} continues", settled(going), is_outside=True)
            else:
                for text, after, more in self._calls(state, process):
                    yield Step(f"{process.name} {text}", settled(with_process(state, number, after)._replace(**more)), text == ENDS)
                if state.stops and process.segment is not None:
                    stopped = with_process(state, number, process._replace(is_stopped=True))._replace(stops=state.stops - 1)
                    yield Step(f"{process.name} is stopped", settled(stopped), is_outside=True)
            if state.kills and (process.segment is not None or process.is_elected):
                killed = freed(with_process(state, number, Process(process.name)), process.name)._replace(kills=state.kills - 1)
                yield Step(f"{process.name} is killed", settled(killed), is_outside=True)

    # Each yields what a process may do next: a text, the process afterwards, and what else changes.

    def _calls(self, state, process):
        if process.name == "writer":
            return getattr(self, f"_writer_{process.at}")(state, process)
        return getattr(self, f"_{process.at}")(state, process)

    # ---- The writer ----

    def _writer_open(self, state, process):
        if state.events and None in state.names:
            slot = state.names.index(None)
            names = (*state.names[:slot], len(state.segments), *state.names[slot + 1 :])
            created = {"names": names, "segments": (*state.segments, Segment())}
            yield "creates a segment", process._replace(at="lock", segment=len(state.segments)), created

    def _writer_lock(self, state, process):
        if segment_of(state, process).writing is None:
            after = process._replace(at="lock_sending" if process.sends_itself else "look")
            yield "locks byte 0", after, change(state, process, writing=process.name)
        else:
            yield from self._close(state, process, "is refused byte 0, and closes the segment")

    def _writer_lock_sending(self, state, process):
        if segment_of(state, process).sending is None:
            yield "locks byte 1", process._replace(at="look"), change(state, process, sending=process.name)
        else:
            yield "is refused byte 1, so somebody sends", process._replace(at="look", sends_itself=False), {}

    def _writer_look(self, state, process):
        if segment_of(state, process).is_linked:
            yield "sees that the segment has its name", process._replace(at="own"), {}
        else:
            yield from self._close(state, process, "sees that the segment has no name, and closes it")

    def _writer_own(self, state, process):
        segment = segment_of(state, process)
        if state.events:
            event = len(state.delivered) - state.events
            more = change(state, process, records=(*segment.records, (event, False)))
            yield f"appends event {event}", process._replace(at="return", event=event), {**more, "events": state.events - 1}
        if process.memory:
            yield self._delivered(state, process, process.memory[0])
        elif process.sends_itself and not segment.pending and segment.sending == process.name:
            yield "has nothing left to deliver", process._replace(at="unlink"), {}
        if process.sends_itself and any(other.is_elected and not other.is_stopped for other in state.processes):
            handed = change(state, process, sending=None) if segment.sending == process.name else {}
            yield "sees a heartbeat, and unlocks byte 1", process._replace(sends_itself=False, memory=()), handed
        is_silent = any(other.is_elected and other.is_stopped for other in state.processes)
        if is_silent and not process.sends_itself and self._rules.fallback == "same segment":
            yield "sees no heartbeat, and sends itself", process._replace(sends_itself=True, memory=segment.pending), {}
        elif is_silent and not process.sends_itself and self._rules.fallback == "another segment":
            after = Process(process.name, sends_itself=True)
            yield "sees no heartbeat, and closes the segment to start another", after, self._unlocked(state, process)
        yield from self._close(state, process, ENDS)

    def _writer_return(self, state, process):
        memory = (*process.memory, process.event) if process.sends_itself else ()
        after = process._replace(at="own", event=None, memory=memory)
        yield f"returns from track with event {process.event}", after, {"accepted": state.accepted | {process.event}}

    def _writer_acknowledge(self, state, process):
        after = process._replace(at="own", event=None, memory=process.memory[1:])
        yield f"writes that event {process.event} ended", after, self._ended(state, process)

    def _writer_unlink(self, state, process):
        yield "unlinks the name", process._replace(at="close"), self._unlinked(state, process)

    def _writer_close(self, state, process):
        yield from self._close(state, process, "closes the segment")

    # ---- A sender ----

    def _open(self, state, process):
        if not process.is_elected:
            if not any(other.is_elected for other in state.processes):
                yield "locks the election", process._replace(is_elected=True), {}
            return
        yield "resigns", process._replace(is_elected=False), {}
        for slot, number in enumerate(state.names):
            if number is not None:
                at = "lock" if self._rules.takes_sending_lock else "look"
                yield f"opens the segment of slot {slot}", process._replace(at=at, segment=number), {}

    def _lock(self, state, process):
        if segment_of(state, process).sending is None:
            at = "look" if self._rules.looks_at_link else "read"
            yield "locks byte 1", process._replace(at=at), change(state, process, sending=process.name)
        else:
            yield from self._close(state, process, "is refused byte 1, and closes the segment")

    def _look(self, state, process):
        if segment_of(state, process).is_linked:
            yield "sees that the segment has its name", process._replace(at="read"), {}
        else:
            yield from self._close(state, process, "sees that the segment has no name, and closes it")

    def _read(self, state, process):
        records = segment_of(state, process).records
        yield f"reads {len(records)} records", process._replace(at="work", seen=len(records)), {}

    def _work(self, state, process):
        segment = segment_of(state, process)
        pending = [event for event, ended in segment.records[: process.seen] if not ended]
        if pending:
            yield self._delivered(state, process, pending[0])
        else:
            if len(segment.records) > process.seen:
                yield "looks for more", process._replace(at="read"), {}
            at = "look_again" if self._rules.looks_again else "unlink"
            if not self._rules.takes_writing_lock:
                yield "has delivered what it saw", process._replace(at=at), {}
            elif segment.writing is None:
                yield "locks byte 0", process._replace(at=at), change(state, process, writing=process.name)
        if process.is_elected and self._rules.resigns == "with a segment":
            yield "resigns, and goes on for a moment", process._replace(is_elected=False), {}
        yield from self._close(state, process, "closes the segment")

    def _look_again(self, state, process):
        segment = segment_of(state, process)
        if len(segment.records) == process.seen:
            yield "sees that there is no more", process._replace(at="unlink"), {}
        else:
            unlocked = change(state, process, writing=None) if segment.writing == process.name else {}
            yield "sees that there is more, and unlocks byte 0", process._replace(at="read"), unlocked

    def _acknowledge(self, state, process):
        yield f"writes that event {process.event} ended", process._replace(at="work", event=None), self._ended(state, process)

    def _unlink(self, state, process):
        yield "unlinks the name", process._replace(at="finish"), self._unlinked(state, process)

    def _finish(self, state, process):
        yield from self._close(state, process, "closes the segment")

    # ---- Both ----

    def _delivered(self, state, process, event):
        times = tuple(count + (one == event) for one, count in enumerate(state.delivered))
        return f"delivers event {event}", process._replace(at="acknowledge", event=event), {"delivered": times}

    def _ended(self, state, process):
        records = segment_of(state, process).records
        return change(state, process, records=tuple((event, ended or event == process.event) for event, ended in records))

    def _unlinked(self, state, process):
        """By its name, whichever segment has that now."""
        slot = next((slot for slot, number in enumerate(state.names) if number == process.segment), None)
        if slot is None:
            slot = next((slot for slot, number in enumerate(state.names) if number is not None), None)
        if slot is None:
            return {}
        names = (*state.names[:slot], None, *state.names[slot + 1 :])
        return {"names": names, "segments": changed(state, state.names[slot], is_linked=False)}

    def _close(self, state, process, text):
        yield text, Process(process.name, is_elected=process.is_elected), self._unlocked(state, process)

    def _unlocked(self, state, process):
        segment = segment_of(state, process)
        unlocked = {byte: None for byte in ("writing", "sending") if getattr(segment, byte) == process.name}
        return change(state, process, **unlocked)
