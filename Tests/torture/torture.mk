# The long forms of the reliability rigs. Each rig adds its target to TORTURES, and prints its figure last.
# SPDX-License-Identifier: Apache-2.0

TORTURES += torture-simulation torture-mutants

# Make sets the targets of a rule when it reads it: whichever file adds one, before or after this one, `torture` runs it.
.PHONY: torture torture-simulation torture-mutants
torture: setup all
	@for target in $(TORTURES); do $(MAKE) --no-print-directory $$target || exit 1; done

torture-simulation: setup
	@$(PYTHON) Tests/torture/simulation/run.py --runs 10000

torture-mutants: setup
	@$(PYTHON) Tests/torture/mutants/run.py
