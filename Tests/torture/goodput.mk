# The laws of goodput against real servers, in real time. GOODPUT="--only outage" is a part of them.
TORTURES += torture-goodput

.PHONY: torture-goodput
torture-goodput: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.goodput $(GOODPUT)
