# The long forms of the reliability rigs. Each folder with a __main__.py is a rig: `make torture-faults` runs torture.faults, and
# `make torture` all of them. FAULTS="--seed 7 --only HTTP/2" gives the rig arguments. Each prints its figure last.
#
# SPDX-License-Identifier: Apache-2.0

RIGS     := $(patsubst Tests/torture/%/__main__.py,%,$(wildcard Tests/torture/*/__main__.py))
TORTURES := $(addprefix torture-,$(RIGS))

.PHONY: torture $(TORTURES)
torture: setup all
	@for target in $(TORTURES); do $(MAKE) --no-print-directory $$target || exit 1; done

$(TORTURES): torture-%: setup all
	@PYTHONPATH=Tests $(PYTHON) -m torture.$* $($(shell echo $* | tr a-z A-Z))

# What some of the rigs need in addition.
TEST_PACKAGES += valgrind
torture-exits: npm
torture-sanitizers: php
torture-spool: php

# ---- Servers: those of the long form, in an environment of their own, and two of Apache's modules, which are only unpacked -----

RIG_SERVERS := .build-servers

$(RIG_SERVERS)/installed: Tests/torture/servers/requirements.txt
	@packaging/debian-packages install apache2-bin
	python3 -m venv $(RIG_SERVERS)
	$(RIG_SERVERS)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	cd $(RIG_SERVERS) && rm -rf unpacked *.deb && apt-get download -qq libapache2-mod-wsgi-py3 \
		libapache2-mod-php$$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;') 2>/dev/null
	cd $(RIG_SERVERS) && for package in *.deb; do dpkg-deb -x $$package unpacked || exit 1; done && rm *.deb
	@touch $@

torture-servers: wheel npm php nginx apache $(RIG_SERVERS)/installed

# ---- Fuzzing: one program with every target, compiled for libFuzzer and the address sanitizer ---------------------------
# Both runtimes are the Swift toolchain's own.

FUZZ_BUILD   := .build-fuzz
FUZZ_SWIFT   := swiftc -O -g -wmo -parse-as-library -package-name libtpc -sanitize=address,fuzzer -enable-testing \
	-I $(FUZZ_BUILD) -I Sources/CTPCPOSIX -I Sources/CTPCCurl -I Sources/CTPCJansson -I Sources/CTPCZlib -I Sources/CTPCZstd -I Sources/CTPCCrypto -I include
FUZZ_TARGETS := $(wildcard Tests/torture/fuzz/targets/*.swift)
# The tool's log reader; its entry point would be a second main.
FUZZ_TOOL    := $(filter-out %/EntryPoint.swift,$(shell find Sources/tpc-events -name '*.swift'))

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
	$(FUZZ_SWIFT) -use-ld=lld $^ -lcurl -ljansson -lz -lzstd -lcrypto -o $@

torture-fuzz: $(FUZZ_BUILD)/fuzz

# ---- Sanitizers: the library with each of them, compiled as the shipped one otherwise -----------------------------------
# The runtimes and the clang that links them are the Swift toolchain's own.

SANITIZED       := .build-sanitizers
SANITIZER_CLANG := $(dir $(realpath $(shell command -v swiftc)))clang
SANITIZER_SWIFT  = swiftc -O -g -wmo -parse-as-library -package-name libtpc -sanitize=$* -enable-experimental-feature Embedded \
	-enforce-exclusivity=unchecked -I $(@D) -I Sources/CTPCPOSIX -I Sources/CTPCCurl -I Sources/CTPCJansson -I Sources/CTPCZlib -I Sources/CTPCZstd -I Sources/CTPCCrypto -I include
SANITIZER_LINK   = -shared -g -fsanitize=$* -shared-libsan -fuse-ld=lld -Wl,-soname,$(SONAME) -Wl,-z,defs -Wl,-z,nodelete \
	-Wl,--version-script=packaging/libtpc.map

$(SANITIZED)/%/lib/libtpc.so: $(SOURCES) packaging/libtpc.map
	@mkdir -p $(@D)
	$(SANITIZER_SWIFT) -module-name TPCCore -emit-module-path $(@D)/TPCCore.swiftmodule -emit-module -emit-object \
		$(filter Sources/TPCCore/%.swift,$^) -o $(@D)/TPCCore.o
	$(SANITIZER_SWIFT) -module-name TPCExport -emit-object $(filter Sources/TPCExport/%.swift,$^) -o $(@D)/TPCExport.o
	$(SANITIZER_CLANG) $(SANITIZER_LINK) $(@D)/TPCExport.o $(@D)/TPCCore.o -lcurl -ljansson -lm -o $@
	ln -sf libtpc.so $(@D)/$(SONAME)

torture-sanitizers: $(SANITIZED)/thread/lib/libtpc.so $(SANITIZED)/address/lib/libtpc.so
torture-servers: $(SANITIZED)/address/lib/libtpc.so
