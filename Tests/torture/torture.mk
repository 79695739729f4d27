# The long forms of the reliability rigs. Each rig adds its target to TORTURES, and prints its figure last.
# SPDX-License-Identifier: Apache-2.0

TORTURES += torture-simulation torture-fleet torture-mutants

# Make sets the targets of a rule when it reads it: whichever file adds one, before or after this one, `torture` runs it.
.PHONY: torture torture-simulation torture-fleet torture-mutants
torture: setup all
	@for target in $(TORTURES); do $(MAKE) --no-print-directory $$target || exit 1; done

torture-simulation: setup
	@$(PYTHON) Tests/torture/simulation/run.py --runs 10000

# Draws docs/fleet.svg anew.
torture-fleet: setup
	@$(PYTHON) Tests/torture/fleet/run.py

torture-mutants: setup
	@$(PYTHON) Tests/torture/mutants/run.py
