"""Goodput: what a steady stream of events gets delivered by a server that is slow, out, flaky or refuses some events.

    make torture-goodput [GOODPUT="--only outage"]

- `table/`: the laws, a row each, as data: the server, the load, what is measured, and its bound.
- `behavior`, `capacity`: what the server does to each request.
- `seen`: what was seen of one run, and the measures.
- `run_row`: one row, carried out: the server here, the sender in a process of its own (`programs/stream.c`).
"""
