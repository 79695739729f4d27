"""What the collector remembers: the last requests in full, and exact counters for all of them."""

import asyncio
import base64
import hashlib
import json
from collections import Counter, deque
from dataclasses import dataclass
from typing import Optional

MAX_NAMES = 1000


@dataclass
class Record:
    """One request to the ingest server and its outcome."""

    received_at: str
    good: bool
    # The status of the answer, or None when the connection was closed without an answer.
    status: Optional[int]
    method: str
    path: str
    headers: dict
    credential: Optional[str]
    body: bytes
    is_json: bool
    event_id: Optional[str]
    reason: Optional[str]
    details: Optional[list]
    # The names of the AI agent that read the page, or of the AI answer that a person came from.
    agent: Optional[str] = None
    answer: Optional[str] = None
    # Whether the event says that the agent is who it says; None when it says nothing.
    verified: Optional[bool] = None
    number: int = 0
    duplicate: bool = False

    def to_json(self):
        """The record as JSON. The event is copied from the body, so that its numbers stay as they were sent."""
        members = {
            "number": self.number,
            "received_at": self.received_at,
            "verdict": "good" if self.good else "bad",
            "status": self.status,
            "event_id": self.event_id,
            "duplicate": self.duplicate,
            "reason": self.reason,
            "details": self.details,
            "agent": self.agent,
            "answer": self.answer,
            "verified": self.verified,
            "credential": self.credential,
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
        }
        try:
            text = self.body.decode("utf-8")
            members["body"] = text
        except UnicodeDecodeError:
            members["body_base64"] = base64.b64encode(self.body).decode("ascii")
        event = text if self.is_json else "null"
        return f'{json.dumps(members)[:-1]}, "event": {event}}}'


class State:
    """The records and counters since the start or the last reset."""

    def __init__(self, keep):
        self._keep = keep
        self._waiting = []
        self.reset()

    def reset(self):
        """Forgets every record and sets every counter to zero. Calls of `wait` go on waiting."""
        self._records = deque(maxlen=self._keep)
        self._received = 0
        self._good = 0
        self._by_status = Counter()
        self._agents = Counter()
        self._answers = Counter()
        # Digests, so that an id of any length takes about 100 bytes.
        self._ids = set()

    def add(self, record):
        """Counts, numbers and keeps a record, and marks it as a duplicate if its id was received before."""
        self._received += 1
        record.number = self._received
        self._by_status["closed" if record.status is None else str(record.status)] += 1
        if record.good:
            self._good += 1
            _count(self._agents, record.agent)
            _count(self._answers, record.answer)
            known = len(self._ids)
            identifier = record.event_id.encode("utf-8", "surrogatepass")
            self._ids.add(hashlib.blake2b(identifier, digest_size=16).digest())
            record.duplicate = len(self._ids) == known
        self._records.append(record)
        if record.good and self._waiting:
            self._wake()

    def totals(self):
        """The counters, which are exact even for records that are no longer kept."""
        return {
            "received": self._received,
            "good": self._good,
            "bad": self._received - self._good,
            "distinct_ids": len(self._ids),
            "duplicates": self._good - len(self._ids),
            "by_status": dict(sorted(self._by_status.items())),
            "agents": dict(self._agents.most_common()),
            "answers": dict(self._answers.most_common()),
        }

    def records(self, good=None, limit=None):
        """The kept records in order of arrival: all of them, or only the good or bad ones; at most the last `limit`."""
        chosen = [record for record in self._records if good is None or record.good == good]
        return chosen if limit is None else chosen[max(0, len(chosen) - limit):]

    async def wait(self, count, timeout):
        """Waits for `count` good events since the last reset. Returns whether they came within `timeout` seconds."""
        if self._good >= count:
            return True
        waiter = (count, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            await asyncio.wait_for(waiter[1], timeout)
        except asyncio.TimeoutError:
            return False
        finally:
            self._waiting.remove(waiter)
        return True

    def _wake(self):
        for count, future in self._waiting:
            if self._good >= count and not future.done():
                future.set_result(None)


def _count(counter, name):
    """Counts a name. An event may hold any, so names beyond the first thousand are counted together."""
    if name is not None:
        counter[name if name in counter or len(counter) < MAX_NAMES else "others"] += 1
