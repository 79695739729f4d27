"""Rigs that the library has to stand: quick forms that `make test` runs, long ones that `make torture` runs."""
