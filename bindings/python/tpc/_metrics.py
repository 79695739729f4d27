# SPDX-License-Identifier: Apache-2.0
"""The counters as metrics: their names, what each is, and their values over the clients of a process."""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional, Tuple

from ._client import Client
from ._open_clients import open_clients
from ._errors import Closed
from ._reports import Stats


class Metric(NamedTuple):
    """A member of Stats as a metric."""

    name: Tuple[str, ...]  # joined with _ for Prometheus and with . for OpenTelemetry
    unit: str  # as UCUM writes it
    meaning: str
    is_counter: bool = True  # otherwise it goes up and down


METRICS: Dict[str, Metric] = {
    "accepted": Metric(("events", "accepted"), "{event}", "Events taken into the queue"),
    "delivered": Metric(("events", "delivered"), "{event}", "Events that the server accepted"),
    "rejected": Metric(("events", "rejected"), "{event}", "Events that the server refused permanently"),
    "expired": Metric(("events", "expired"), "{event}", "Events not delivered within delivery_timeout_ms, or spool_max_age_ms"),
    "abandoned": Metric(("events", "abandoned"), "{event}", "Events left, in memory only, when close ran out of time"),
    "pending": Metric(("events", "pending"), "{event}", "Events queued, in flight or waiting for a retry", False),
    "refused_invalid": Metric(("events", "refused", "invalid"), "{event}", "Events that the contract refuses"),
    "refused_too_large": Metric(("events", "refused", "too_large"), "{event}", "Events larger than max_event_bytes"),
    "refused_queue_full": Metric(("events", "refused", "queue_full"), "{event}", "Events refused because the queue was full"),
    "refused_system": Metric(("events", "refused", "system"), "{event}", "Events refused for lack of memory or a thread"),
    "sampled_out": Metric(("events", "sampled_out"), "{event}", "Events left out by sample_rate"),
    "disabled": Metric(("events", "disabled"), "{event}", "Events left out because enabled is false"),
    "requests": Metric(("requests",), "{request}", "HTTP requests to the server that ended, whatever the answer"),
    "failed_requests": Metric(("requests", "failed"), "{request}", "HTTP requests that were not answered with 2xx"),
    "retries": Metric(("retries",), "{request}", "HTTP requests beyond an event's first"),
    "odd_responses": Metric(("odd_responses",), "{response}", "2xx responses whose body is not what the contract says"),
    "reports_dropped": Metric(("reports", "dropped"), "{report}", "Reports dropped because report_capacity was used up"),
    "queue_bytes": Metric(("queue", "bytes"), "By", "Bytes that the pending events occupy", False),
    "in_flight": Metric(("requests", "in_flight"), "{request}", "HTTP requests in progress", False),
    "left_out": Metric(("events", "left_out"), "{event}", "Web requests and events that a rule left out"),
    "spooled": Metric(("events", "spooled"), "{event}", "Events left in spool_directory, for whoever sends from there next"),
    "adopted": Metric(("events", "adopted"), "{event}", "Events taken from spool_directory, where they were left"),
    "unspooled": Metric(("events", "unspooled"), "{event}", "Events in memory only: the spool was full, or the disk failed"),
    "spool_bytes": Metric(("spool", "bytes"), "By", "Bytes of the files in spool_directory that this client holds", False),
    "spool_errors": Metric(("spool", "errors"), "{error}", "Calls to the disk that failed"),
    "spool_corrupt": Metric(("spool", "corrupt"), "{record}", "Damaged records and files found in spool_directory"),
}


def totals(client: Optional[Client]) -> Stats:
    """The counters of a client, or the sums over all that are open in this process; zeros when it is closed or there is none."""
    found = []
    for one in open_clients() if client is None else [client]:
        try:
            found.append(one.stats())
        except Closed:  # by another thread, just now
            continue
    return Stats(*map(sum, zip(*found))) if found else Stats(*[0] * len(Stats._fields))
