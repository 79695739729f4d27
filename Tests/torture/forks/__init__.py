"""Forks by the hundred beside a live sender, a queue that is never empty and threads that track.

    make torture-forks

- `run_forks`: so many children of `programs/forks.c`, `forks.py` or `forks.php`, and what became of every event.
"""
