# The forks' long form: a thousand children from each language.
TORTURES += torture-forks

.PHONY: torture-forks
torture-forks: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.forks $(FORKS)
