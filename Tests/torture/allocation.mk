# The long form of the failing allocations: those of libcurl's own libraries, too.
# SPDX-License-Identifier: Apache-2.0

TORTURES += torture-allocation

.PHONY: torture-allocation
torture-allocation: setup all
	@$(PYTHON) Tests/torture/allocation/run.py --every $(ALLOCATION)
