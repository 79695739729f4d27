# What `make test` builds before it starts the tests, and the unit tests: several at a time, since a compiler that sees a whole
# module keeps one core busy. The longest come first.
#
# SPDX-License-Identifier: Apache-2.0

.PHONY: all packages unit static fuzz programs
all: packages unit static fuzz programs

packages:
	$(MAKE) --no-print-directory all kafka wheel npm php nginx apache

# Only what the tests need: --build-tests would link the library and the tool as well, which `static` does.
unit:
	swift build --product libtpcPackageTests --scratch-path .build-tests
	swift test --skip-build --scratch-path .build-tests

static:
	$(MAKE) --no-print-directory STDLIB=static

fuzz:
	$(MAKE) --no-print-directory .build-fuzz/fuzz

programs:
	PYTHONPATH=Tests .venv/bin/python -m support.swift_programs Tests/scenarios/programs/swift scenario-driver \
		Tests/bindings/swift/consumer consumer examples/swift page-visit
