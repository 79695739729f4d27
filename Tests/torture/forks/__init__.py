"""Forks by the hundred beside a live sender, a queue that is never empty and threads that track.

    make torture-forks

- `run_forks`: a number of children of `programs/forks.c`, `forks.py` or `forks.php`, and what became of every event.
- `ways`: these programs, as data.
- `first_use`: forks and exits during another thread's first use of the library.
"""
