"""The fault table: one file for each place where things go wrong, one row for each fault."""

from . import clocks, connections, http2, names, proxies, responses, retry_after, statuses, tls

FAULTS = [
    *connections.FAULTS,
    *responses.FAULTS,
    *statuses.FAULTS,
    *retry_after.FAULTS,
    *tls.FAULTS,
    *http2.FAULTS,
    *proxies.FAULTS,
    *names.FAULTS,
    *clocks.FAULTS,
]
