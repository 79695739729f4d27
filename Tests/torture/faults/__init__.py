"""The fault table: what can go wrong between a sender and its server, one row for each fault, and a ledger that has to balance.

    make torture-faults [FAULTS="--seed N --only TEXT --spool"]

- `table/`: the rows, as data: the fault, which requests meet it, and how the events have to end.
- `mixtures`: faults at random, from a seed.
- `run_row`: one row, carried out: servers here, the sender in a process of its own (`programs/ledger.c`).
- `ledger`, `verdict`: the books, and everything that has to be so of them.
"""
