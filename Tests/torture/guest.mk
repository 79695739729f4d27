# The hosts' long form: a minute of signals, 20,000 cancelled threads, address space in steps of 4 KiB.
TORTURES += torture-guest

.PHONY: torture-guest
torture-guest: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.guest
