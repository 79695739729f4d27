"""What a server's first process takes, reload after reload."""

import os
import pathlib
import re

from .endpoint import Endpoint
from .outcome import Outcome
from .sites import site
from .visitors import Visitors

# The first reloads fill what allocators keep.
WARM = 20
# Kilobytes and descriptors that do not grow with the number of reloads.
MARGIN_KILOBYTES, MARGIN_DESCRIPTORS = 256, 2


def growth(name, times):
    """Reloads a server so many times while a few pages are asked for. The first process's memory and descriptors stay as they were."""
    with Endpoint() as endpoint, site(name, endpoint) as server:
        with Visitors(server.port, connections=4, rate=100):
            warm = min(WARM, times // 2)
            for _ in range(warm):
                server.reload()
            before = _taken(server.master)
            for _ in range(times - warm):
                server.reload()
            after = _taken(server.master)
        outcome = Outcome(
            f"{times} reloads: the first process had {before[0]:,} kB and {before[1]} descriptors after {warm}, "
            f"{after[0]:,} kB and {after[1]} in the end", server.broken_lines(),
        )  # fmt: skip
    if after[0] > before[0] + MARGIN_KILOBYTES or after[1] > before[1] + MARGIN_DESCRIPTORS:
        outcome.complaints.append(outcome.figures)
    return outcome


def _taken(process):
    """The kilobytes in memory, and how many descriptors are open."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{process}/fd"))
