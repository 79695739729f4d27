"""A long life: one process that tracks, flushes, forks and opens and closes clients, at a collector that fails now and then.

    make torture-soak

- `faults`: what the collector does during the run, as data.
- `run_soak`: `programs/soak.c` against the collector, and what has to be so of what it held and of what became of its events.
"""
