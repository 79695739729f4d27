"""Runs the rows of the modules, one after the other."""

import traceback

from .outcome import Outcome
from .table import ROWS


def run_modules(only=None):
    """Prints each row's figures, as a table, and what is wrong; returns how many rows failed. `only` are parts of names."""
    rows = [row for row in ROWS if not only or any(text.lower() in row.name.lower() for text in only)]
    if not rows:
        return 0
    failed = 0
    print("| server | | figures |\n|---|---|---|")
    for row in rows:
        try:
            outcome = row.run()
        except Exception:  # A row that cannot be run is wrong, and the others are run.
            outcome = Outcome("it could not be run", [traceback.format_exc()])
        print(f"| {row.server} | {row.what} | {outcome.figures} |", flush=True)
        failed += bool(outcome.complaints)
        for complaint in outcome.complaints:
            print(f"{row.name}: {complaint}", flush=True)
    print(f"modules: {len(rows)} rows, {failed} failed")
    return failed
