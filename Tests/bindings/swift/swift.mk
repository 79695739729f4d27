# The parts of the Swift product that are behind package traits, with a real Hummingbird server. The build takes minutes, and its
# packages come from wherever git is told to look, so `make test` leaves it out.
#
# SPDX-License-Identifier: Apache-2.0

.PHONY: test-hummingbird
test-hummingbird: requirements $(VENV)/installed
	TEST_HUMMINGBIRD=yes $(PYTHON) -m pytest -q Tests/bindings/swift/hummingbird
