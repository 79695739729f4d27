# SPDX-License-Identifier: Apache-2.0
"""What became of events: counters for all of them, and a report for each."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

from . import _declarations as c

_OUTCOMES = {
    c.TPC_OUTCOME_DELIVERED: "delivered",
    c.TPC_OUTCOME_REJECTED: "rejected",
    c.TPC_OUTCOME_EXPIRED: "expired",
    c.TPC_OUTCOME_ABANDONED: "abandoned",
    c.TPC_OUTCOME_SPOOLED: "spooled",
}


class Stats(NamedTuple):
    """Counters. At every moment accepted + adopted = delivered + rejected + expired + abandoned + pending + spooled; without
    spool_directory, adopted and spooled are 0.
    """

    accepted: int  # taken into the queue
    delivered: int  # answered with 2xx, or dry_run
    rejected: int  # refused by the server permanently
    expired: int  # not delivered within delivery_timeout_ms, or spool_max_age_ms
    abandoned: int  # left, in memory only, when close ran out of time
    pending: int  # queued, in flight or waiting for a retry
    refused_invalid: int  # the contract refuses the event, or it is not JSON
    refused_too_large: int  # larger than max_event_bytes
    refused_queue_full: int  # the queue was full
    refused_system: int  # memory ran out, or the system refused a thread
    sampled_out: int  # left out by sample_rate
    disabled: int  # left out because enabled is false
    requests: int  # HTTP requests that ended, whatever the answer
    failed_requests: int  # those of them that were not answered with 2xx
    retries: int  # requests beyond an event's first
    odd_responses: int  # 2xx whose body is not what the contract says
    reports_dropped: int  # oldest reports, dropped because report_capacity was used up
    queue_bytes: int  # bytes that the pending events occupy
    in_flight: int  # requests in progress
    left_out: int  # web requests and events that a rule left out: see Client.track_request
    spooled: int  # left in spool_directory, for whoever sends from there next
    adopted: int  # taken from spool_directory, where they were left
    unspooled: int  # accepted, but kept in memory only: the spool was full, or the disk failed
    spool_bytes: int  # bytes of the files in spool_directory that this client holds
    spool_errors: int  # calls to the disk that failed
    spool_corrupt: int  # damaged records and files that were found in spool_directory


def stats_of(record: c.tpc_stats) -> Stats:
    return Stats(*(getattr(record, name) for name in Stats._fields))


class Report(NamedTuple):
    """How one event ended."""

    outcome: str  # "delivered", "rejected", "expired", "abandoned" or "spooled"
    event_id: str  # as it was sent
    http_status: int  # the last HTTP status; 0 when no server answered
    attempts: int  # how many requests carried the event
    code: str  # the server's, or "network", "expired", "abandoned" or "spooled"; "" where there is none
    message: str  # the server's, or a description of the failure
    details: str  # the server's, as JSON
    received_at: str  # the server's, RFC 3339


def take_report(library: ctypes.PyDLL, handle: int) -> Report:
    """Reads a tpc_report and frees it."""

    def text(name: str) -> str:
        return str(getattr(library, f"tpc_report_{name}")(handle), "utf-8")

    try:
        return Report(
            outcome=_OUTCOMES[library.tpc_report_outcome(handle)],
            event_id=text("event_id"),
            http_status=library.tpc_report_http_status(handle),
            attempts=library.tpc_report_attempts(handle),
            code=text("code"),
            message=text("message"),
            details=text("details"),
            received_at=text("received_at"),
        )
    finally:
        library.tpc_report_free(handle)
