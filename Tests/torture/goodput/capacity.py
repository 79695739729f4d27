"""How long a server with a number of workers takes for a request: the time until one is free, and the worker's own."""

import heapq


class Capacity:
    """`workers` answer one request each at a time; `seconds`, or its value for the time since the start, is what one takes.
    A worker goes on with a request whose client has gone."""

    def __init__(self, workers, seconds):
        self._seconds = seconds if callable(seconds) else lambda elapsed: seconds
        self._free_at = [0.0] * workers

    def delay(self, elapsed):
        """Takes a request that arrives `elapsed` seconds after the start; returns the seconds until its answer."""
        start = max(elapsed, heapq.heappop(self._free_at))
        end = start + self._seconds(elapsed)
        heapq.heappush(self._free_at, end)
        return end - elapsed


class Allowance:
    """`rate` requests a second, of which at most a second's worth at once."""

    def __init__(self, rate):
        self._rate, self._left, self._at = rate, rate, 0.0

    def takes(self, elapsed):
        """Whether a request that arrives `elapsed` seconds after the start is within it."""
        self._left = min(self._rate, self._left + (elapsed - self._at) * self._rate)
        self._at = elapsed
        if self._left < 1:
            return False
        self._left -= 1
        return True
