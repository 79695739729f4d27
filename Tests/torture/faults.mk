# The fault table's long form: FAULTS="--seed 7 --only HTTP/2" replays a part of it.
TORTURES += torture-faults

.PHONY: torture-faults
torture-faults: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.faults $(FAULTS)
