"""What was seen of one run, and the measures that rows take of it. Times are seconds since the stream began."""

import bisect
from dataclasses import dataclass

# A rate is the lowest of any stretch this long, in seconds: what holds on average may fail for a while.
STRETCH = 10.0


@dataclass
class Seen:
    """`lines` are the sender's (programs/stream.c), with times since the start; `answers` the server's (`behavior`)."""

    row: object
    lines: list
    answers: list

    @property
    def last(self):
        return self.lines[-1]

    def at(self, moment):
        """The line of that moment, or the first one after it."""
        index = bisect.bisect_left(self.lines, moment, key=lambda line: line["time"])
        return self.lines[min(index, len(self.lines) - 1)]


def lowest_rate(start, end):
    """Events delivered a second between the two, in the stretch in which they were fewest."""

    def measure(seen):
        steps = range(int((end - STRETCH - start) * 2) + 1)
        return min(_rate(seen, start + step / 2, start + step / 2 + STRETCH) for step in steps)

    return measure


def mean_rate(start, end):
    """Events delivered a second between the two: where chance decides, stretches differ by it."""
    return lambda seen: _rate(seen, start, end)


def _rate(seen, start, end):
    first, last = seen.at(start), seen.at(end)
    return (last["delivered"] - first["delivered"]) / (last["time"] - first["time"])


def share_of_the_others(start, end):
    """Of the events that are not poisoned, those delivered between the two for each one tracked."""

    def measure(seen):
        is_poisoned = seen.row.server.is_poisoned
        first, last = seen.at(start)["tracked"], seen.at(end)["tracked"]
        tracked = sum(not is_poisoned(event) for event in range(first, last))
        return len({event for moment, event, way in seen.answers if way == 200 and start <= moment < end}) / tracked

    return measure


def counter(name):
    """A counter in the end."""
    return lambda seen: seen.last[name]


def undelivered(seen):
    """Events that were taken and not delivered in the end."""
    return seen.last["accepted"] - seen.last["delivered"]


def longest_track(seen):
    """Milliseconds of the slowest call of track, the first moment aside, in which everything is made."""
    return max(line["worst_track_ms"] for line in seen.lines[4:])
