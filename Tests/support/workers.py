"""How a run with several workers (pytest -n 2) shares the tests out: a file's tests stay together, with what they start once."""

import re

from xdist.scheduler import LoadScopeScheduling

# Begun first, so that no worker is left with one of them at the end.
LONG = ("torture/sanitizers", "torture/fuzz", "scenarios/test_scenarios", "node/test_express", "torture/soak")
# A file; of the scenarios' file, a language.
SHARE = re.compile(r"(.*test_scenarios\.py::\w+\[\w+: |[^:]*)")


def longest_first(items):
    """Sorts the tests in place; those of a file keep their order."""

    def place(item):
        return next((number for number, name in enumerate(LONG) if name in item.nodeid), len(LONG))

    items.sort(key=place)


class Shares(LoadScopeScheduling):
    """Gives a worker the next share when it is about to end its last."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid):
        return SHARE.match(nodeid)[0]
