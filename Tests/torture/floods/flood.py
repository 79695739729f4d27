"""A row: who floods, what the server does, and what a caller does whose event finds the queue full."""

from dataclasses import dataclass

# What the sink does, as milliseconds that each answer takes.
SERVERS = {"fast": 0, "slow": 5, "hung": -1}
RETRY, COUNT = "retry", "count"


@dataclass(frozen=True)
class Flood:
    """`processes` with `threads` each; `forked` from one that has made the client, or started one by one."""

    threads: int
    processes: int
    forked: bool
    server: str
    when_full: str

    @property
    def name(self):
        who = f"{self.threads} threads" if self.processes == 1 else f"{self.processes} processes"
        how = "" if self.processes == 1 else ", forked" if self.forked else ", started one by one"
        return f"{who}{how}, at a {self.server} server, callers that {self.when_full} when the queue is full"


def _floods(server, when_full):
    return [
        Flood(8, 1, False, server, when_full),
        Flood(1, 8, True, server, when_full),
        Flood(1, 8, False, server, when_full),
    ]


# A slow server takes hours for a million: there callers do not insist.
FLOODS = [*_floods("fast", RETRY), *_floods("slow", COUNT), *_floods("hung", COUNT)]
OTHERWISE = [Flood(8, 1, False, "fast", COUNT), Flood(8, 1, False, "slow", RETRY)]
