"""What the collector does wrong, one after the other and then from the first again: its modes."""

import itertools
import threading

FAULTS = (
    [{"status": 503, "count": 20}],
    [{"close": "before", "count": 10}],
    [{"delay_ms": 300, "count": 50}],
    [{"status": 429, "retry_after": 1, "count": 1}],
    [{"close": "after", "count": 10}],
    [{"status": 503, "retry_after": 1, "count": 3}],
    [{"status": 422, "count": 5}],
    [{"body": "truncated", "count": 10}],
    [{"status": 500}],
    [{"body": "garbage", "count": 10}],
)


class Faults:
    """Deals the faults to a collector, one each `interval`, until the `with` block ends. Raises what went wrong."""

    def __init__(self, collector, interval):
        self._collector, self._interval = collector, interval
        self._stopping = threading.Event()
        self._dealing = threading.Thread(target=self._deal)
        self._failure = None
        self.dealt = 0

    def __enter__(self):
        self._dealing.start()
        return self

    def __exit__(self, kind, error, traceback):
        self._stopping.set()
        self._dealing.join()
        if self._failure and kind is None:
            raise self._failure

    def _deal(self):
        try:
            for modes in itertools.cycle(FAULTS):
                self._collector.mode(*modes)
                before = self._received()
                self.dealt += 1
                # The second half of the time is the collector's to get well; a fault without a count ends here.
                if self._stopping.wait(self._interval / 2) or not self._is_met(before):
                    break
                self._collector.mode()
                if self._stopping.wait(self._interval / 2):
                    break
            self._collector.mode()
        except Exception as error:
            self._failure = error

    def _is_met(self, before):
        """Waits for a request, which a sender makes later that a Retry-After holds back. False at the end."""
        while self._received() == before:
            if self._stopping.wait(0.05):
                return False
        return True

    def _received(self):
        return self._collector.totals()["received"]
