# The floods' long form: a million events each.
TORTURES += torture-floods

.PHONY: torture-floods
torture-floods: setup all
	PYTHONPATH=Tests $(PYTHON) -m torture.floods $(FLOODS)
