# Fuzzing: one program with every target, of the sources compiled for libFuzzer and the address sanitizer. Both runtimes are
# the Swift toolchain's own.
#
# SPDX-License-Identifier: Apache-2.0

FUZZ_BUILD   := .build-fuzz
FUZZ_SWIFT   := swiftc -O -g -wmo -parse-as-library -sanitize=address,fuzzer -enable-testing \
	-I $(FUZZ_BUILD) -I Sources/CPOSIX -I Sources/CCurl -I Sources/CJansson -I include
FUZZ_TARGETS := $(wildcard Tests/torture/fuzz/targets/*.swift)
# The tool's log reader; its entry point would be a second main.
FUZZ_TOOL    := $(filter-out %/EntryPoint.swift,$(shell find Sources/tpc-events -name "*.swift"))

$(FUZZ_BUILD)/TPCCore.o: $(shell find Sources/TPCCore Sources/C* -type f)
	@mkdir -p $(@D)
	$(FUZZ_SWIFT) -module-name TPCCore -emit-module-path $(FUZZ_BUILD)/TPCCore.swiftmodule -emit-module \
		-emit-object $(filter %.swift,$^) -o $@

$(FUZZ_BUILD)/TPCExport.o: $(wildcard Sources/TPCExport/*.swift) include/tpc.h $(FUZZ_BUILD)/TPCCore.o
	$(FUZZ_SWIFT) -module-name TPCExport -emit-object $(filter %.swift,$^) -o $@

# Compiled and linked in one go, the compiler would leave its module beside the sources.
$(FUZZ_BUILD)/Fuzz.o: $(FUZZ_TARGETS) $(FUZZ_TOOL) $(FUZZ_BUILD)/TPCCore.o
	$(FUZZ_SWIFT) -module-name Fuzz -emit-object $(filter %.swift,$^) -o $@

$(FUZZ_BUILD)/fuzz: $(FUZZ_BUILD)/Fuzz.o $(FUZZ_BUILD)/TPCCore.o $(FUZZ_BUILD)/TPCExport.o
	$(FUZZ_SWIFT) -use-ld=lld $^ -lcurl -ljansson -o $@

# FUZZ="--seconds 3600 uri" is an hour of one target; --grow takes what reaches new code into the corpus.
TORTURES += torture-fuzz

.PHONY: torture-fuzz
torture-fuzz: setup $(FUZZ_BUILD)/fuzz
	@$(PYTHON) Tests/torture/fuzz/run.py $(FUZZ)
