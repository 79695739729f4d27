# The exports' long form: 200,000 bad calls of each from each of two threads.
# SPDX-License-Identifier: Apache-2.0

TORTURES += torture-exports

.PHONY: torture-exports
torture-exports: setup all
	@$(PYTHON) Tests/torture/exports/calls.py 1 200000
