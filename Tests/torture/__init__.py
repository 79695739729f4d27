"""Rigs that the library has to withstand: quick forms that `make test` runs, long ones that `make torture` runs."""
