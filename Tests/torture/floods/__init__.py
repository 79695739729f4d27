"""Floods: events from many threads and processes at once, at servers that are fast, slow and hung.

    make torture-floods

- `flood`: the rows, as data.
- `run_flood`: one of them, carried out by `programs/flood.c` against `programs/sink.c`, and what has to be so of it.
"""
