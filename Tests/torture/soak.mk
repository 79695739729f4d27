# The soak: half an hour in one process's life. SOAK_SECONDS=60 is a minute of it.
SOAK_SECONDS ?= 1800
TORTURES += torture-soak

.PHONY: torture-soak
torture-soak: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.soak --seconds $(SOAK_SECONDS)
