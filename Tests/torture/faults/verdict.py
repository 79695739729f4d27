"""What has to hold after a run: the books balance, and they say what the row expects."""

from .fault import ABANDONED, DELIVERED, EXPIRED, NOBODY, SPOOLED, SWALLOWED
from .ledger import imbalances

OK, TIMEOUT = 0, -8


def complaints(fault, ledger, scene, events, spool=False):
    """Everything that went wrong, as sentences."""
    found = imbalances(ledger, scene.arrivals(), events)
    counters = ledger.counters
    wanted = _expected(fault, scene, counters, events, spool)
    found += [f"{name}: {counters[name]} instead of {value}" for name, value in wanted.items() if counters[name] != value]
    if fault.fails is not None and (counters["failed"] > 0) != fault.fails:
        found.append(f"{counters['failed']} failed requests")
    if not _was_met(fault, scene, counters):
        found.append("no request met the fault")
    return found


def _expected(fault, scene, counters, events, spool):
    """The counters as the row has them. What a close leaves is on disk with a spool, and lost without."""
    rejected = {True: scene.refused, False: 0, None: counters["rejected"]}[fault.rejects]
    ends = SPOOLED if spool and fault.ends == ABANDONED else fault.ends
    wanted = {name: 0 for name in (DELIVERED, EXPIRED, ABANDONED, SPOOLED, "adopted")}
    wanted[ends] = events - rejected
    wanted |= {"rejected": rejected, "close": TIMEOUT if ends == ABANDONED else OK}
    if fault.odd:
        wanted["odd"] = scene.refused
    return wanted


def _was_met(fault, scene, counters):
    if scene.refused or scene.turned_away:
        return True
    if scene.proxy is not None and scene.fault.proxy_credential is not None:
        return len(scene.proxy.requests) > 0
    # The fault is the endpoint's, the sender's clock's or resolver's.
    return fault.endpoint in (NOBODY, SWALLOWED) or fault.preload is not None or counters["failed"] > 0
