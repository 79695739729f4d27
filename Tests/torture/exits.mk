# The exits' long form: every way to end, twenty times, under each Node in turn.
TORTURES += torture-exits

.PHONY: torture-exits
torture-exits: setup all npm
	PYTHONPATH=Tests $(PYTHON) -m torture.exits $(EXITS)
