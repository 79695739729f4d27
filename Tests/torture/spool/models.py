"""The models and what is explored with them: the protocols as they are, and with one rule changed."""

from . import lease, shared_sender
from .lease import Lease
from .shared_sender import SharedSender

# Small enough for seconds. Kills and forks, and kills and stops, are together only in the long form.
QUICK = {
    "a lease, and kills": Lease(forks=0, kills=1),
    "a lease, a kill and a fork": Lease(events=1, kills=1),
    "one sender, and a stop": SharedSender(senders=1, kills=0),
    "two senders, and a kill": SharedSender(events=1, stops=0),
    "two senders, and a stop": SharedSender(events=1, kills=0),
}

LONG = {
    "a lease, two kills and a fork": Lease(),
    "a lease of three processes, and kills": Lease(processes=3, forks=0),
    "two senders, two events, a kill and a stop": SharedSender(),
    "two senders, an event, two kills and a stop": SharedSender(events=1, kills=2),
}

TWICE = "was delivered 2 times after 0 kills"
LOST = "was accepted, was not delivered and is not in the spool"
STUCK = "is never delivered"
OWNED_TWICE = "two processes own one segment"

# A changed rule, and the end of what is wrong then.
MUTANTS = {
    "no look at the links": (Lease(lease.Rules(entering=("lock",)), forks=0), LOST),
    "a look at the links before the lock": (Lease(lease.Rules(entering=("look", "lock")), forks=0), LOST),
    "no lock": (Lease(lease.Rules(entering=("look",)), forks=0), OWNED_TWICE),
    "an end on disk before the end": (Lease(lease.Rules(acknowledges="before delivery"), forks=0), LOST),
    "closed before it is unlinked": (Lease(lease.Rules(unlinks="after closing"), forks=0), LOST),
    "unlinked before it is drained": (Lease(lease.Rules(unlinks_only_drained=False), forks=0), LOST),
    "rewound with pending events": (Lease(lease.Rules(rewinds_only_drained=False), forks=0), LOST),
    "a child that unlocks": (Lease(lease.Rules(child="unlocks")), OWNED_TWICE),
    "a child that keeps the file": (Lease(lease.Rules(child="keeps"), processes=1, events=1, kills=1), STUCK),
    "no second look": (SharedSender(shared_sender.Rules(looks_again=False), senders=1, stops=0), LOST),
    "no writer's lock": (SharedSender(shared_sender.Rules(takes_writing_lock=False), senders=1, stops=0), LOST),
    "no sender's lock": (SharedSender(shared_sender.Rules(takes_sending_lock=False), events=1, kills=0), TWICE),
    "no look at a segment's links": (SharedSender(shared_sender.Rules(looks_at_link=False), events=1, kills=0), LOST),
    "byte 1 of the same segment": (SharedSender(shared_sender.Rules(fallback="same segment"), senders=1, kills=0), TWICE),
    "resigned before it closed its segment": (SharedSender(shared_sender.Rules(resigns="with a segment"), events=1, kills=0), STUCK),
    "no writer that sends": (SharedSender(shared_sender.Rules(fallback="none"), senders=1, events=1, kills=0), STUCK),
}
