# SPDX-License-Identifier: Apache-2.0
"""What fleets are given, and what has to come of it: each line's visit, whatever is killed, and repeated ones by the same id only."""

import collections
import time

from tool.command import clean_environment
from tool.logs import combined


def environment_of(collector):
    return clean_environment() | {"TPC_API_KEY": "key-of-the-test", "THE_PROMPTING_COMPANY_BASE_URL": collector.url}


def line(page):
    return combined(f"GET /{page} HTTP/1.1")


def arrived(collector):
    """How many visits with ids of their own each page has."""
    ids = {}
    for request in collector.good():
        visit = request["event"]
        page = visit["page"]["pathname"][1:]
        assert ids.setdefault(visit["eventId"], page) == page, "two pages have one id"
    return collections.Counter(ids.values())


def wait_for(collector, distinct, seconds=60):
    """Waits until so many distinct events have come."""
    deadline = time.monotonic() + seconds
    while (totals := collector.totals())["distinct_ids"] < distinct:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not {distinct} visits within {seconds} s: {totals}")
        # A new event wakes it; at most half a second, since a repeated one does not count.
        try:
            collector.wait(totals["good"] + 1, timeout=0.5)
        except TimeoutError:
            pass
    return totals
